import type { SessionReport } from '#model/folds/session-report.ts';
import type { JournalRecord, PerpetualTotals, RecordOf } from '#model/journal/record.ts';
import type { Paper } from '#model/receipt/paper.ts';
import type { PrintJob } from '#model/receipt/print-job.ts';
import { giftPaper } from '#model/receipt/gift-paper.ts';
import { reportPaper } from '#model/receipt/report-paper.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { trainingPaper, trainingText } from '#model/receipt/training-paper.ts';
import { assert } from '#model/result.ts';
import type { Organization, Store } from '#model/documents/organization.ts';
import type { Shop } from './shop.svelte.ts';

type Job = Omit<PrintJob, 'device'>;

/** The till's papers, made from records in the organization's language: one record always gives the same paper. */
export class Papers {
  readonly #shop: Shop;
  readonly #store: string;
  readonly #training: boolean;

  constructor(shop: Shop, store: string, training = false) {
    this.#shop = shop;
    this.#store = store;
    this.#training = training;
  }

  /** A receipt number as people see it here: in training never one of the series (rule V2). */
  receiptName(receipt: string): string {
    return this.#training ? trainingText(receipt) : receipt;
  }

  #marked(paper: Paper): Paper {
    return this.#training ? trainingPaper(paper) : paper;
  }

  /** The receipt of a sale, with the mark of a copy when it is one. */
  sale(record: RecordOf<'sale'>, copy?: number): Paper {
    const { organization, store } = this.#heads();
    return this.#marked(
      salePaper({
        record,
        organization,
        store,
        personName: this.#shop.personName(record.by),
        language: organization.language,
        ...(copy === undefined ? {} : { copy }),
      }),
    );
  }

  /** The first print of a receipt; cash opens the drawer with it. */
  saleJob(record: RecordOf<'sale'>): Job {
    const { receipt, type, tenders } = record.body;
    return {
      jobId: `${receipt}:receipt:1`,
      kind: type === 'refund' ? 'refund' : 'receipt',
      paper: this.sale(record),
      openDrawer: tenders.some((tender) => tender.kind === 'cash'),
    };
  }

  /** A copy of a receipt. */
  copyJob(record: RecordOf<'sale'>, copy: number): Job {
    return {
      jobId: `${record.body.receipt}:reprint:${copy}`,
      kind: 'reprint',
      paper: this.sale(record, copy),
    };
  }

  /** A receipt without prices, to give away with what was bought (rule P9); `id` tells its prints apart. */
  giftJob(record: RecordOf<'sale'>, id: string): Job {
    const { organization, store } = this.#heads();
    const paper = giftPaper({ record, organization, store, language: organization.language });
    return { jobId: `${record.body.receipt}:gift:${id}`, kind: 'gift', paper: this.#marked(paper) };
  }

  /** An X report, or a Z report when the session is closed; `at` is when an X is made. */
  report(report: SessionReport, perpetual: PerpetualTotals, at: string): Paper {
    const { organization, store } = this.#heads();
    return this.#marked(
      reportPaper({
        report,
        perpetual,
        organization,
        store,
        personName: (person) => this.#shop.personName(person),
        departmentName: (department) => (department === '' ? '—' : this.#shop.departmentName(department)),
        language: organization.language,
        at,
      }),
    );
  }

  /** The id of what a record prints or opens besides receipts; the same id never does it twice (rule P2). */
  jobId(record: JournalRecord, kind: string): string {
    return `${record.store}-${record.register}-${record.seq}:${kind}:1`;
  }

  #heads(): { readonly organization: Organization; readonly store: Store } {
    const { organization } = this.#shop;
    const store = this.#shop.store(this.#store);
    assert(organization && store, () => `this till has no data about the store ${this.#store}`);
    return { organization, store };
  }
}

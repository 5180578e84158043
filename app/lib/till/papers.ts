import { cashierReport } from '#model/folds/drawer-shifts.ts';
import { sessionSummary } from '#model/folds/session-summary.ts';
import type { StoreDay } from '#model/folds/store-day.ts';
import {
  dayPaper,
  periodPaper,
  summaryPaper,
  type ClosingPaperSource,
} from '#model/receipt/closing-papers.ts';
import type { SessionReport } from '#model/folds/session-report.ts';
import type { JournalRecord, PerpetualTotals, RecordOf } from '#model/journal/record.ts';
import type { Paper } from '#model/receipt/paper.ts';
import type { PrintJob } from '#model/receipt/print-job.ts';
import { reportPaper } from '#model/receipt/report-paper.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { assert } from '#model/result.ts';
import type { Organization, Store } from '#model/documents/organization.ts';
import type { Shop } from './shop.svelte.ts';

type Job = Omit<PrintJob, 'device'>;

/** The till's papers, made from records in the organization's language: one record always gives the same paper. */
export class Papers {
  readonly #shop: Shop;
  readonly #store: string;

  constructor(shop: Shop, store: string) {
    this.#shop = shop;
    this.#store = store;
  }

  /** The receipt of a sale, with the mark of a copy when it is one. */
  sale(record: RecordOf<'sale'>, copy?: number): Paper {
    const { organization, store } = this.#heads();
    return salePaper({
      record,
      organization,
      store,
      personName: this.#shop.personName(record.by),
      language: organization.language,
      ...(copy === undefined ? {} : { copy }),
    });
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

  /**
   * An X report, or a Z report when the session is closed; `at` is when an X is made. With the session's records it also says
   * who sold and who had the drawer.
   */
  report(
    report: SessionReport,
    perpetual: PerpetualTotals,
    at: string,
    records?: readonly JournalRecord[],
  ): Paper {
    const people = records === undefined ? {} : { people: cashierReport(records) };
    return reportPaper({ report, perpetual, ...people, ...this.#source(at) });
  }

  /** The store's day, a ZZ where it was closed; `at` is when it is printed. */
  day(day: StoreDay, at: string, zz?: RecordOf<'zz'>): Paper {
    return dayPaper(day, this.#source(at), zz);
  }

  /** The closing of a month or a year. */
  periodJob(record: RecordOf<'period'>): Job {
    const paper = periodPaper(record, this.#source(record.at));
    return { jobId: this.jobId(record, 'period'), kind: 'z-report', paper };
  }

  /** How a session went. */
  summary(report: SessionReport, records: readonly JournalRecord[], at: string): Paper {
    const { store } = this.#heads();
    return summaryPaper(report, sessionSummary(records, store.timeZone), this.#source(at));
  }

  #source(at: string): ClosingPaperSource {
    const { organization, store } = this.#heads();
    return {
      organization,
      store,
      personName: (person) => this.#shop.personName(person),
      departmentName: (department) => (department === '' ? '—' : this.#shop.departmentName(department)),
      language: organization.language,
      at,
    };
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

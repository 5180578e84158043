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
import { ledgerOfNumber, type AccountRef } from '#model/ledger/account.ts';
import type { Layaway } from '#model/ledger/layaway.ts';
import type { Minor } from '#model/money/money.ts';
import type { Paper } from '#model/receipt/paper.ts';
import type { PrintJob } from '#model/receipt/print-job.ts';
import { giftPaper } from '#model/receipt/gift-paper.ts';
import { reportPaper } from '#model/receipt/report-paper.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { valuePaper } from '#model/receipt/value-paper.ts';
import { trainingPaper, trainingText } from '#model/receipt/training-paper.ts';
import { assert } from '#model/result.ts';
import type { Organization, Store } from '#model/documents/organization.ts';
import type { OfferedPaper } from './print-desk.svelte.ts';
import type { Shop } from './shop.svelte.ts';

type Job = Omit<PrintJob, 'device'>;

/** The till's papers, made from records in the organization's language: one record always gives the same paper. */
export class Papers {
  readonly #shop: Shop;
  readonly #store: string;
  readonly #customerName: (id: string) => string | undefined;
  readonly #training: boolean;

  constructor(shop: Shop, store: string, customerName: (id: string) => string | undefined, training = false) {
    this.#shop = shop;
    this.#store = store;
    this.#customerName = customerName;
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
    const { organization, store, language } = this.#heads();
    const { customer } = record.body;
    const customerName =
      store.customerOnReceipt && customer !== undefined ? this.#customerName(customer) : undefined;
    return this.#marked(
      salePaper({
        record,
        organization,
        store,
        personName: this.#shop.personName(record.by),
        language,
        ...(customerName === undefined ? {} : { customerName }),
        ...(copy === undefined ? {} : { copy }),
      }),
    );
  }

  /** The id of the first print of a receipt (rule P2). */
  saleJobId({ body }: RecordOf<'sale'>): string {
    return `${body.receipt}:receipt:1`;
  }

  /** The first print of a receipt; cash opens the drawer with it. It is held where the shop prints none by itself. */
  saleJob(record: RecordOf<'sale'>): OfferedPaper {
    const { type, tenders, drawer } = record.body;
    return {
      ...(this.#shop.settings.afterSale === 'print' ? {} : { held: true }),
      jobId: this.saleJobId(record),
      kind: type === 'refund' ? 'refund' : 'receipt',
      paper: this.sale(record),
      openDrawer: tenders.some((tender) => tender.kind === 'cash'),
      ...(drawer === 2 ? { drawer } : {}),
    };
  }

  /**
   * The slip of an account after a receipt moved it (rule G6); none for a deposit or store credit with nothing left, and none for ledgers whose
   * papers are statements.
   */
  valueJob(
    record: RecordOf<'sale'>,
    { ledger, id }: AccountRef,
    balance: Minor,
    layaway: Layaway | undefined,
  ): Job | undefined {
    if (ledger === 'account' || ledger === 'points' || (balance <= 0 && ledger !== 'gift-card'))
      return undefined;
    const { organization, store } = this.#heads();
    const { currency, language } = organization;
    const { receipt } = record.body;
    const { at } = record;
    const isFilled = record.body.lines.some(({ account, amount }) => account?.id === id && amount > 0);
    const isCard = isFilled && ledgerOfNumber(id) === 'gift-card';
    return {
      jobId: `${receipt}:slip-${id.slice(0, 64)}:1`,
      kind: 'receipt',
      paper: valuePaper({
        ledger,
        account: id,
        balance,
        receipt,
        at,
        layaway,
        isCard,
        currency,
        store,
        language,
      }),
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
    return this.#marked(reportPaper({ report, perpetual, ...people, ...this.#source(at) }));
  }

  /** The store's day, a ZZ where it was closed; `at` is when it is printed. */
  day(day: StoreDay, at: string, zz?: RecordOf<'zz'>): Paper {
    return this.#marked(dayPaper(day, this.#source(at), zz));
  }

  /** The closing of a month or a year. */
  periodJob(record: RecordOf<'period'>): Job {
    const paper = this.#marked(periodPaper(record, this.#source(record.at)));
    return { jobId: this.jobId(record, 'period'), kind: 'z-report', paper };
  }

  /** How a session went. */
  summary(report: SessionReport, records: readonly JournalRecord[], at: string): Paper {
    const { store } = this.#heads();
    return this.#marked(summaryPaper(report, sessionSummary(records, store.timeZone), this.#source(at)));
  }

  #source(at: string): ClosingPaperSource {
    const { organization, store, language } = this.#heads();
    return {
      organization,
      store,
      personName: (person) => this.#shop.personName(person),
      departmentName: (department) => (department === '' ? '—' : this.#shop.departmentName(department)),
      language,
      at,
    };
  }

  /** The id of what a record prints or opens besides receipts; the same id never does it twice (rule P2). */
  jobId(record: JournalRecord, kind: string): string {
    return `${record.store}-${record.register}-${record.seq}:${kind}:1`;
  }

  /** What stands on every paper, as the store's settings have it now (rule O1). */
  #heads(): {
    readonly organization: Organization;
    readonly store: Store;
    readonly language: Organization['language'];
  } {
    const { organization } = this.#shop;
    const store = this.#shop.store(this.#store);
    assert(organization && store, () => `this till has no data about the store ${this.#store}`);
    const { receiptHeader, receiptFooter, language } = this.#shop.settings;
    return { organization, store: { ...store, header: receiptHeader, footer: receiptFooter }, language };
  }
}

import { ok } from '#model/result.ts';
import { isBackwards } from './business-days.ts';
import { Loaded } from './loaded.svelte.ts';
import type { Office } from './office.svelte.ts';
import { receiptPaper, sessionPaper, type Paper } from './paper.ts';
import { askReport, askSession, questionOf, sheetOf, type ReportAnswer } from './report-answer.ts';
import { isOfNow, readSessionKey, type ReportQuery } from './report-query.ts';
import type { Answer } from './reports-client.ts';
import type { SaleRecordAnswer, SessionReportAnswer } from './reports-schema.ts';
import type { Sheet } from './sheet.ts';

/** The session or receipt that is open beside the list. */
export type OpenDetail =
  | { readonly kind: 'session'; readonly report: SessionReportAnswer }
  | { readonly kind: 'receipt'; readonly record: SaleRecordAnswer };

/** What the reports page shows for the query in its address. */
export class ReportPage {
  readonly report = new Loaded<ReportAnswer>();
  readonly detail = new Loaded<OpenDetail>();
  readonly #office: Office;
  readonly #query: () => ReportQuery;
  #departments: ReadonlyMap<string, string> = $state.raw(new Map());
  /** The last business day with sales at all, looked up when a period turns out empty. */
  lastDay: string | undefined = $state();

  /** `query` is read again and again: it is the page's address. */
  constructor(office: Office, query: () => ReportQuery) {
    this.#office = office;
    this.#query = query;
  }

  /** The table; undefined while there is none for this report. */
  readonly sheet: Sheet | undefined = $derived.by(() => {
    const answer = this.report.value;
    const query = this.#query();
    return answer?.kind === query.kind ? sheetOf(answer, query, this.#office.names) : undefined;
  });
  readonly isEmpty: boolean = $derived.by(() => this.sheet !== undefined && this.sheet.rows.length === 0);
  readonly paper: Paper | undefined = $derived.by(() => {
    const { formats, names } = this.#office;
    const detail = this.detail.value;
    const words = { formats, names, departments: this.#departments };
    if (detail === undefined) return undefined;
    return detail.kind === 'session'
      ? sessionPaper(detail.report, words)
      : receiptPaper(detail.record, words);
  });

  /** What the program calls whom or what the list is narrowed to; undefined while it has not said, or has no name for it. */
  readonly subjectName: string | undefined = $derived.by(() => {
    const answer = this.report.value;
    if (answer?.kind === 'receipts') return answer.page.about?.name;
    return answer?.kind === 'moves' ? (answer.page.rows[0]?.name ?? undefined) : undefined;
  });

  /** Asks for the report, unless its period ends before it starts. */
  async refresh(): Promise<void> {
    const query = this.#query();
    if (isBackwards(query.filter)) return;
    await this.report.load(questionOf(query), () => askReport(this.#office.client, query));
    if (this.isEmpty && !isOfNow(query.kind)) await this.#findLastDay();
  }

  /** Asks for what is open beside the list. */
  async refreshDetail(): Promise<void> {
    const { kind, open } = this.#query();
    if (open === undefined) return;
    await this.detail.load(`${kind}:${open}`, () => this.#askDetail(kind, open));
    const detail = this.detail.value;
    if (detail?.kind === 'session') await this.#nameDepartments(detail.report.day);
  }

  async #askDetail(kind: ReportQuery['kind'], open: string): Answer<OpenDetail> {
    const { client } = this.#office;
    const name = kind === 'x' || kind === 'z' ? readSessionKey(open) : undefined;
    if (name === undefined) {
      const record = await client.receipt(open);
      return record.ok ? ok({ kind: 'receipt', record: record.value }) : record;
    }
    const report = await askSession(client, kind, name);
    return report.ok ? ok({ kind: 'session', report: report.value }) : report;
  }

  // A session report knows departments by id only; their names come with the sales of its day.
  async #nameDepartments(day: string): Promise<void> {
    const sales = await this.#office.client.sales('department', { from: day, to: day });
    if (sales.ok) this.#departments = new Map(sales.value.rows.map((row) => [row.key, row.name || row.key]));
  }

  async #findLastDay(): Promise<void> {
    const { store, register } = this.#query().filter;
    const place = { ...(store ? { store } : {}), ...(register ? { register } : {}) };
    const sales = await this.#office.client.sales('day', place);
    this.lastDay = sales.ok
      ? sales.value.rows
          .map((row) => row.key)
          .toSorted()
          .at(-1)
      : undefined;
  }
}

import { err, ok } from '#model/result.ts';
import type { AuditQuery } from './audit-query.ts';
import { auditSheet, type ActRow } from './audit-sheet.ts';
import { isBackwards } from './business-days.ts';
import { Loaded } from './loaded.svelte.ts';
import type { Office } from './office.svelte.ts';
import type { Answer } from './reports-client.ts';
import type { AuditActAnswer, AuditAnswer } from './reports-schema.ts';
import { sheetCsv, type Sheet } from './sheet.ts';

/** How many acts the list begins with, and how many more come at once. */
export const ACTS_PER_PAGE = 100;
/** The most acts one download holds. */
export const ACTS_PER_DOWNLOAD = 50_000;
const MOST_PER_QUESTION = 1000;

/** The audit as one page: its list, which grows at its end, and the act that is open beside it. */
export class AuditPage {
  readonly list = new Loaded<AuditAnswer>();
  readonly detail = new Loaded<AuditActAnswer>();
  readonly #office: Pick<Office, 'client' | 'names' | 'known' | 'formats'>;
  readonly #query: () => AuditQuery;
  #wanted = ACTS_PER_PAGE;
  #question = '';

  constructor(office: Pick<Office, 'client' | 'names' | 'known' | 'formats'>, query: () => AuditQuery) {
    this.#office = office;
    this.#query = query;
  }

  /** The acts as a table; undefined before the first answer. */
  readonly sheet: Sheet | undefined = $derived.by(() => {
    const answer = this.list.value;
    return answer && auditSheet(answer.rows, this.#query(), this.#office);
  });

  /** Whether there are more than are shown. */
  get hasMore(): boolean {
    return this.list.value !== undefined && this.list.value.next !== null;
  }

  /** Asks again, for as many as are shown. */
  async refresh(): Promise<void> {
    const { filter } = this.#query();
    if (isBackwards(filter)) return;
    const question = JSON.stringify(filter);
    if (question !== this.#question) this.#wanted = ACTS_PER_PAGE;
    this.#question = question;
    await this.list.load(question, () => this.#ask(this.#wanted));
  }

  /** Shows more of the list. */
  async more(): Promise<void> {
    this.#wanted += ACTS_PER_PAGE;
    await this.refresh();
  }

  /** Asks for the act that is open. */
  async refreshDetail(): Promise<void> {
    const { open } = this.#query();
    if (open !== undefined) await this.detail.load(open, () => this.#office.client.auditAct(open));
  }

  /** Everything the filter finds, up to `ACTS_PER_DOWNLOAD`, as CSV. */
  async csv(): Answer<string> {
    const all = await this.#ask(ACTS_PER_DOWNLOAD);
    if (!all.ok) return all;
    const { columns, rows } = auditSheet(all.value.rows, this.#query(), this.#office);
    return ok(sheetCsv(columns, rows, this.#office.known.currency));
  }

  async #ask(wanted: number): Answer<AuditAnswer> {
    const rows: ActRow[] = [];
    const { filter } = this.#query();
    let next: string | null = null;
    do {
      const limit = Math.min(MOST_PER_QUESTION, wanted - rows.length);
      const page = await this.#office.client.audit(filter, next ?? undefined, limit);
      if (!page.ok) return err(page.error);
      rows.push(...page.value.rows);
      next = page.value.next;
    } while (next !== null && rows.length < wanted);
    return ok({ rows, next });
  }
}

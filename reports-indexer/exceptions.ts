import { sha256Text } from '#model/journal/canonical.ts';
import { allRows } from './database.ts';
import type { Statements } from './statements.ts';

/** Something a person must look at. `detail` is a sentence; the rest says where. */
export type Finding = {
  readonly code: string;
  readonly detail: string;
  readonly documentId: string;
  readonly store?: string;
  readonly register?: string;
  readonly session?: number;
  readonly seq?: number;
  /** What tells two findings of one code at one place apart. */
  readonly mark?: string;
  /** The finding's own id, where every replica finds it under one (rule F1), with when the last of it was done, the receipts involved and what it comes to. */
  readonly id?: string;
  readonly at?: string;
  readonly receipts?: readonly string[];
  readonly amount?: number;
};

/**
 * The list of exceptions. Every finding belongs to a source, the place that looked; looking again replaces what the source
 * found before, so a thing that is mended disappears and a thing that stays keeps the time it was first seen.
 */
export class ExceptionList {
  readonly #statements: Statements;
  readonly #now: () => string;
  /** Sources with findings, so that the many places without any cost nothing. */
  #sources: Set<string>;

  constructor(statements: Statements, now: () => string) {
    this.#statements = statements;
    this.#now = now;
    this.#sources = this.#load();
  }

  /** Puts the findings of a source in the place of those it had. Gives whether anything changed. */
  replace(source: string, findings: readonly Finding[]): boolean {
    if (findings.length === 0 && !this.#sources.has(source)) return false;
    const rows = allRows<{ id: string; code: string; text: string }>(this.#statements.exceptionsOf, source);
    const before = new Map(rows.map((row) => [`${row.code} ${row.id}`, row]));
    let changed = false;
    for (const finding of findings) {
      const id = findingId(source, finding);
      const known = before.get(`${finding.code} ${id}`);
      before.delete(`${finding.code} ${id}`);
      // Its id stays where what it says becomes another: an account that gave too much may lack more or less later (rule G5).
      if (known?.text === JSON.stringify(saidOf(finding))) continue;
      if (known === undefined) this.#insert(id, source, finding);
      else this.#statements.restateException.run(...saidOf(finding), id, finding.code);
      changed = true;
    }
    for (const { id, code } of before.values()) this.#statements.deleteException.run(id, code);
    if (findings.length === 0) this.#sources.delete(source);
    else this.#sources.add(source);
    return changed || before.size > 0;
  }

  /** Reads the sources again, after a transaction that was taken back. */
  reload(): void {
    this.#sources = this.#load();
  }

  #load(): Set<string> {
    return new Set(allRows<{ source: string }>(this.#statements.exceptionSources).map((row) => row.source));
  }

  #insert(id: string, source: string, finding: Finding): void {
    const [store, register, session, seq, detail, documentId, ...rest] = saidOf(finding);
    this.#statements.insertException.run(
      id,
      source,
      finding.code,
      store,
      register,
      session,
      seq,
      detail,
      documentId,
      this.#now(),
      ...rest,
    );
  }
}

/** What a row says besides which finding it is and when it was first seen, in the order of its columns. */
function saidOf({ store, register, session, seq, detail, documentId, at, receipts = [], amount }: Finding) {
  return [
    store ?? null,
    register ?? null,
    session ?? null,
    seq ?? null,
    detail,
    documentId,
    at ?? null,
    receipts.join(' '),
    amount ?? null,
  ] as const;
}

/** The same finding has the same id on every indexer (22 characters). */
function findingId(source: string, { code, mark, detail, id }: Finding): string {
  return id ?? sha256Text(`${source}\n${code}\n${mark ?? detail}`).slice(0, 22);
}

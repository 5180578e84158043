import { documentId } from '#model/ids/document-id.ts';
import { allRows } from './database.ts';
import type { ExceptionList } from './exceptions.ts';
import type { SessionAddress } from './read-record.ts';
import { settle, type Candidate, type Verdict } from './settle.ts';
import { isSignatureFault, type Signature } from './signatures.ts';
import type { Statements } from './statements.ts';

type CandidateRow = {
  seq: number;
  hash: string;
  prev: string;
  session: number;
  kind: string;
  amount: number | null;
  receipts: number;
  signed: number;
  absolute: number;
  reason?: string;
};

/** What must change in the tables: every step names a record by its number and hash. */
export type Step =
  | { readonly do: 'count' | 'discount'; readonly candidate: Candidate }
  | {
      readonly do: 'set-aside';
      readonly candidate: Candidate;
      readonly reason: string;
    }
  | { readonly do: 'forget'; readonly candidate: Candidate };

/** Where a record stands in the tables now: 'counted', the reason it is set aside, or nowhere. */
type Place = string | undefined;

/**
 * The part of a register's chain that a document touches: the whole records under those sequence numbers and their
 * neighbours, whichever document they came in.
 */
export class RegisterChain {
  readonly #address: SessionAddress;
  readonly #candidates = new Map<number, Map<string, Candidate>>();
  readonly #places = new Map<Candidate, Place>();
  readonly #touched = new Set<number>();

  constructor(address: SessionAddress) {
    this.#address = address;
  }

  /** Loads the records numbered `first` - 1 to `last` + 1. */
  load(statements: Statements, first: number, last: number): void {
    const { store, register } = this.#address;
    for (const statement of [statements.recordsBetween, statements.asideBetween]) {
      for (const row of allRows<CandidateRow>(statement, store, register, first - 1, last + 1)) {
        const { reason = 'counted', receipts, signed, absolute, ...rest } = row;
        const signature: Signature = isSignatureFault(reason) ? reason : 'good';
        this.#put({ ...rest, totals: { receipts, signed, absolute }, signature }, reason);
      }
    }
  }

  /** A record the document has now. */
  add(candidate: Candidate): void {
    this.#put(candidate, undefined);
    this.#touched.add(candidate.seq);
  }

  /** A record the document no longer has; gives the step that takes it out. */
  remove(seq: number, hash: string): Step[] {
    const candidate = this.#candidates.get(seq)?.get(hash);
    if (!candidate) return [];
    const place = this.#places.get(candidate);
    this.#candidates.get(seq)?.delete(hash);
    this.#touched.add(seq);
    return [{ do: place === 'counted' ? 'discount' : 'forget', candidate }];
  }

  /** Judges every number that was touched and the one behind it, and lists what to do about it. */
  settle(exceptions: ExceptionList): Step[] {
    const seqs = new Set<number>();
    for (const seq of this.#touched) seqs.add(seq).add(seq + 1);
    const steps: Step[] = [];
    for (const seq of [...seqs].sort((a, b) => a - b)) {
      const verdict = settle(seq, this.#at(seq), this.#at(seq - 1));
      this.#report(exceptions, seq, verdict);
      this.#compare(verdict, steps);
    }
    return steps;
  }

  #compare(verdict: Verdict, steps: Step[]): void {
    const moves: Step[] = [];
    for (const { candidate, reason } of verdict.aside) {
      const place = this.#places.get(candidate);
      if (place === reason) continue;
      if (place !== undefined) steps.push({ do: place === 'counted' ? 'discount' : 'forget', candidate });
      moves.push({ do: 'set-aside', candidate, reason });
    }
    const { counted } = verdict;
    const place = counted && this.#places.get(counted);
    if (counted && place !== 'counted') {
      if (place !== undefined) steps.push({ do: 'forget', candidate: counted });
      moves.push({ do: 'count', candidate: counted });
    }
    // Taking out comes first: one number has one place among the records that count.
    steps.push(...moves);
  }

  #report(exceptions: ExceptionList, seq: number, verdict: Verdict): void {
    const { organization, store, register, session } = this.#address;
    const source = `chain:${store}-${register}:${seq}`;
    if (verdict.findings.length === 0) {
      exceptions.replace(source, []);
      return;
    }
    const here = this.#candidates.get(seq);
    const findings = verdict.findings.map(({ code, detail, hash }) => {
      // Records of one number may be of several sessions: each finding is about its own, whichever came first.
      const seen = here?.get(hash)?.session ?? session;
      const key = { class: 'session' as const, store, register, session: seen };
      const id = documentId({ organization, key });
      return { code, detail, mark: hash, documentId: id, store, register, session: seen, seq };
    });
    exceptions.replace(source, findings);
  }

  #at(seq: number): readonly Candidate[] {
    const here = this.#candidates.get(seq);
    return here ? [...here.values()] : [];
  }

  #put(candidate: Candidate, place: Place): void {
    const here = this.#candidates.get(candidate.seq);
    if (here) here.set(candidate.hash, candidate);
    else this.#candidates.set(candidate.seq, new Map([[candidate.hash, candidate]]));
    this.#places.set(candidate, place);
  }
}

import type { Heads } from '@automerge/automerge';
import type { CountersignedHead } from '#model/documents/acknowledgements.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import { verifyNext, type ChainHead } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import type { Seal } from './seal.ts';
import { describeChain, type JournalFault, type SessionVerdict } from './journal-check.ts';

/** A verified record, as far as head office countersigns it. */
export type VerifiedHead = { readonly session: number; readonly seq: number; readonly hash: string };

/** A fault with the session it is in. */
export type PlacedFault = JournalFault & { readonly session: number };

/** A session that may be archived: the heads it was found well with, and what is kept of it. */
export type Sealable = { readonly session: number; readonly seen: Heads; readonly seal: Seal };

type Session = { readonly verdict: SessionVerdict; readonly seen: Heads };

/**
 * What a relay knows of one register's journal: how each of its sessions was found, whether they join, and how far head
 * office says it goes. Holds no records, only their ends.
 */
export class RegisterJournal {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly #sessions = new Map<number, Session>();
  /** Archived sessions: nothing is kept of them but that they are there. */
  readonly #sealed = new Set<number>();
  /** The ends of those the next session is not archived of. */
  readonly #ends = new Map<number, Seal['end']>();
  /** What is wrong between a session and the one before. */
  readonly #seams = new Map<number, JournalFault>();
  #countersigned: { readonly head: CountersignedHead; readonly fault: JournalFault | undefined } | undefined;

  constructor(store: StoreId, register: RegisterId) {
    this.store = store;
    this.register = register;
  }

  /** The sessions held, in no order. */
  get sessions(): Iterable<number> {
    return this.#sessions.keys();
  }

  /** How a session was found, and the state of its document then. */
  session(number: number): Session | undefined {
    return this.#sessions.get(number);
  }

  /** Takes in how a session was found; `seen` are the heads of its document then. */
  judged(number: number, verdict: SessionVerdict, seen: Heads): void {
    this.#sealed.delete(number);
    this.#ends.delete(number);
    this.#sessions.set(number, { verdict, seen });
    this.#join(number);
    const after = this.#neighbour(number, 1);
    if (after !== undefined) this.#join(after);
  }

  /** Takes note that a session was archived; the seal is read where nothing archived comes behind. */
  seal(number: number, seal: Pick<Seal, 'end'>): void {
    this.#sessions.delete(number);
    this.#seams.delete(number);
    this.#sealed.add(number);
    if (this.#sealed.has(number - 1)) this.#ends.delete(number - 1);
    if (!this.#sealed.has(number + 1)) this.#ends.set(number, seal.end);
  }

  /** Whether a session is archived. */
  isSealed(number: number): boolean {
    return this.#sealed.has(number);
  }

  /** Where an archived session ends, when the next one is not archived. */
  sealedEnd(number: number): Seal['end'] | undefined {
    return this.#ends.get(number);
  }

  /**
   * The sessions that may be archived (rule D12): closed, without fault, joined without fault to everything up to the head that head
   * office countersigned, and not behind it.
   */
  *sealable(): Iterable<Sealable> {
    const { head, fault } = this.#countersigned ?? {};
    if (head === undefined || fault !== undefined) return;
    for (let number = head.session; number > 0; number--) {
      const known = this.#sessions.get(number);
      if (known === undefined && !this.#sealed.has(number)) return;
      if (this.#seams.has(number + 1) || (known?.verdict.faultCount ?? 0) > 0) return;
      const seal = known && sealOf(known.verdict);
      if (known === undefined || seal === undefined || known.seen.length === 0) continue;
      const isCovered = number < head.session || (seal.end.seq === head.seq && seal.end.hash === head.hash);
      if (isCovered && !this.#seams.has(number)) yield { session: number, seen: known.seen, seal };
    }
  }

  /** The head of head office, once known. */
  get countersigned(): CountersignedHead | undefined {
    return this.#countersigned?.head;
  }

  /** Compares the journal with head office's head (rule J16); `there` are the hashes found under the head's number. */
  compare(head: CountersignedHead, there: readonly string[]): void {
    this.#countersigned = { head, fault: headFault(head, there) };
  }

  /** The last record that verified; undefined while the journal contradicts the head that is countersigned already. */
  get verified(): VerifiedHead | undefined {
    if (this.#countersigned?.fault !== undefined) return undefined;
    const newestFirst = [...this.#sessions.keys(), ...this.#ends.keys()].sort((a, b) => b - a);
    for (const session of newestFirst) {
      const end = this.#ends.get(session);
      const verified = end ? { seq: end.seq, hash: end.hash } : this.#sessions.get(session)?.verdict.verified;
      if (verified) return { session, ...verified };
    }
    return undefined;
  }

  /** How many faults there are. */
  get faultCount(): number {
    let count = this.#seams.size + (this.#countersigned?.fault === undefined ? 0 : 1);
    for (const { verdict } of this.#sessions.values()) count += verdict.faultCount;
    return count;
  }

  /** The faults, what concerns the whole journal first. */
  *faults(): Iterable<PlacedFault> {
    const { head, fault } = this.#countersigned ?? {};
    if (head !== undefined && fault !== undefined) yield { session: head.session, ...fault };
    for (const [session, seam] of this.#seams) yield { session, ...seam };
    for (const [session, { verdict }] of this.#sessions)
      for (const found of verdict.faults) yield { session, ...found };
  }

  #join(number: number): void {
    const fault = this.#seam(number);
    if (fault) this.#seams.set(number, fault);
    else this.#seams.delete(number);
  }

  #seam(number: number): JournalFault | undefined {
    const first = this.#sessions.get(number)?.verdict.first;
    const before = this.#neighbour(number, -1);
    if (first === undefined || before === undefined) return undefined;
    const key = recordKey(first.seq);
    if (before !== number - 1)
      return { key, seq: first.seq, code: 'gap', detail: `session ${number - 1} is missing` };
    const heads = this.#headsOf(before);
    const head = heads.find(({ hash }) => hash === first.prev) ?? heads[0];
    if (head === undefined) return undefined;
    const next = verifyNext(head, first);
    // What the record shows by itself is listed with its session.
    if (next.ok || next.error === 'altered') return undefined;
    return { key, seq: first.seq, code: next.error, detail: describeChain(next.error, first) };
  }

  #headsOf(number: number): readonly ChainHead[] {
    const end = this.#ends.get(number);
    if (end === undefined) return this.#sessions.get(number)?.verdict.heads ?? [];
    const { first } = this.#sessions.get(number + 1)?.verdict ?? {};
    return first === undefined
      ? []
      : [{ ...end, org: first.org, store: this.store, register: this.register }];
  }

  #holds(number: number): boolean {
    return this.#sessions.has(number) || this.#sealed.has(number);
  }

  /** The nearest session held before (-1) or after (1) one. */
  #neighbour(number: number, direction: -1 | 1): number | undefined {
    if (this.#holds(number + direction)) return number + direction;
    let nearest: number | undefined;
    for (const other of [...this.#sessions.keys(), ...this.#sealed]) {
      const distance = (other - number) * direction;
      if (distance > 0 && (nearest === undefined || distance < (nearest - number) * direction))
        nearest = other;
    }
    return nearest;
  }
}

/** What is kept of a session that is closed and without fault. */
function sealOf({ isClosed, heads, verified, latestAt }: SessionVerdict): Seal | undefined {
  const [end, another] = heads;
  if (!isClosed || end === undefined || another !== undefined || verified?.hash !== end.hash)
    return undefined;
  const { seq, hash, totals } = end;
  return { end: { seq, hash, totals }, latestAt };
}

function headFault(head: CountersignedHead, there: readonly string[]): JournalFault | undefined {
  const { seq, hash } = head;
  if (there.includes(hash)) return undefined;
  const place = { key: recordKey(seq), seq };
  return there.length === 0
    ? {
        ...place,
        code: 'truncated',
        detail: `head office countersigned record ${seq} of session ${head.session}, which is not here`,
      }
    : { ...place, code: 'fork', detail: `head office countersigned another record ${seq} than the one here` };
}

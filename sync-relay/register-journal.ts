import type { Heads } from '@automerge/automerge';
import type { CountersignedHead } from '#model/documents/acknowledgements.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import { verifyNext } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import { describeChain, type JournalFault, type SessionVerdict } from './journal-check.ts';

/** A verified record, as far as head office countersigns it. */
export type VerifiedHead = { readonly session: number; readonly seq: number; readonly hash: string };

/** A fault with the session it is in. */
export type PlacedFault = JournalFault & { readonly session: number };

type Session = { readonly verdict: SessionVerdict; readonly seen: Heads };

/**
 * What a relay knows of one register's journal: how each of its sessions was found, whether they join, and how far head
 * office says it goes. Holds no records, only their ends.
 */
export class RegisterJournal {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly #sessions = new Map<number, Session>();
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
    this.#sessions.set(number, { verdict, seen });
    this.#join(number);
    const after = this.#neighbour(number, 1);
    if (after !== undefined) this.#join(after);
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
    const newestFirst = [...this.#sessions.keys()].sort((a, b) => b - a);
    for (const session of newestFirst) {
      const verified = this.#sessions.get(session)?.verdict.verified;
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
    const heads = this.#sessions.get(before)?.verdict.heads ?? [];
    const head = heads.find(({ hash }) => hash === first.prev) ?? heads[0];
    if (head === undefined) return undefined;
    const next = verifyNext(head, first);
    // What the record shows by itself is listed with its session.
    if (next.ok || next.error === 'altered') return undefined;
    return { key, seq: first.seq, code: next.error, detail: describeChain(next.error, first) };
  }

  /** The nearest session held before (-1) or after (1) one. */
  #neighbour(number: number, direction: -1 | 1): number | undefined {
    if (this.#sessions.has(number + direction)) return number + direction;
    let nearest: number | undefined;
    for (const other of this.#sessions.keys()) {
      const distance = (other - number) * direction;
      if (distance > 0 && (nearest === undefined || distance < (nearest - number) * direction))
        nearest = other;
    }
    return nearest;
  }
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

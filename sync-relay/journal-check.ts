import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerName } from '#model/ids/register-id.ts';
import { emptyHead, verifyNext, type ChainFault, type ChainHead } from '#model/journal/chain.ts';
import {
  isBehindClosing,
  isRecordKey,
  parseRecord,
  recordKey,
  type JournalRecord,
  type RecordRefusal,
} from '#model/journal/record.ts';
import type { Device } from '#model/trust/device.ts';
import { mayHaveSigned } from '#model/trust/signer.ts';
import type { EntryValue } from './journal-entries.ts';

/** The session a document is the journal of. */
export type SessionAddress = Extract<DocumentKey, { class: 'session' }> & { readonly organization: string };

/** Why an entry of a journal is listed. */
export type JournalFaultCode =
  | ChainFault
  | RecordRefusal['code']
  | 'wrong-session'
  | 'wrong-key'
  | 'unsigned'
  | 'unknown-device'
  | 'signed-too-late'
  | 'bad-signature'
  | 'truncated';

/** An entry that did not verify: listed, never dropped and never changed. `detail` is a sentence for people. */
export type JournalFault = {
  readonly key: string;
  readonly seq?: number;
  readonly code: JournalFaultCode;
  readonly detail: string;
};

/** Looks at the signature of a record that is whole; undefined when there is nothing to say against it. */
export type SignatureJudge = (record: JournalRecord) => Pick<JournalFault, 'code' | 'detail'> | undefined;

/** What was found in the entries of one session so far; the next entries go on from it. */
export type SessionVerdict = {
  /** The first record that could be read: the link to the session before. */
  readonly first?: JournalRecord;
  /** What the next record may follow: one place, several after a fork, none after an entry that cannot be read. */
  readonly heads: readonly ChainHead[];
  readonly lastKey: string;
  readonly records: number;
  /** Whether the last record closes the session, or stands behind its closing. */
  readonly isClosed: boolean;
  /** The latest time any record claims. */
  readonly latestAt: string;
  /** The last record without fault. */
  readonly verified?: { readonly seq: number; readonly hash: string };
  readonly faults: readonly JournalFault[];
  /** How many there are; `faults` holds no more than {@link MOST_FAULTS}. */
  readonly faultCount: number;
};

/** Faults kept of one session: a peer that writes nonsense without end must not fill the memory. */
const MOST_FAULTS = 100;

/** Nothing looked at yet. */
export const UNCHECKED: SessionVerdict = {
  heads: [],
  lastKey: '',
  records: 0,
  isClosed: false,
  latestAt: '',
  faults: [],
  faultCount: 0,
};

/**
 * Checks entries that stand behind those checked before, in the order of their keys (rules J1 to J8, E10). Each record
 * costs one SHA-256 and what `judge` does. A record that is whole but in the wrong place is what the next one must follow
 * all the same: one fault is one line in the list.
 */
export function checkEntries(
  address: SessionAddress,
  before: SessionVerdict,
  entries: Iterable<readonly [key: string, values: readonly EntryValue[]]>,
  judge: SignatureJudge,
): SessionVerdict {
  const run = new SessionRun(address, before, judge);
  for (const [key, values] of entries) run.take(key, values);
  return run.verdict;
}

class SessionRun {
  readonly #address: SessionAddress;
  readonly #judge: SignatureJudge;
  readonly #faults: JournalFault[];
  verdict: SessionVerdict;

  constructor(address: SessionAddress, before: SessionVerdict, judge: SignatureJudge) {
    this.#address = address;
    this.#judge = judge;
    this.#faults = [...before.faults];
    this.verdict = { ...before, faults: this.#faults };
  }

  take(key: string, values: readonly EntryValue[]): void {
    if (!isRecordKey(key)) {
      // Outside the chain: it must not hide a gap behind it.
      this.#fault({ key: key.slice(0, 40), code: 'wrong-key', detail: 'no record has such a key' });
      return;
    }
    const records: JournalRecord[] = [];
    for (const value of values) {
      const record = this.#read(key, value);
      if (record) records.push(record);
    }
    const heads: ChainHead[] = [];
    for (const record of records) heads.push(this.#follow(key, record, records.length > 1));
    const [first] = records;
    const { verdict } = this;
    this.verdict = {
      ...verdict,
      ...(verdict.first === undefined && first !== undefined ? { first } : {}),
      heads,
      lastKey: key,
      records: verdict.records + records.length,
    };
  }

  /** The record in an entry; undefined, and a fault, when it is none or belongs elsewhere. */
  #read(key: string, value: EntryValue): JournalRecord | undefined {
    if (typeof value !== 'string') {
      this.#fault({ key, code: 'bad-shape', detail: value.unreadable });
      return undefined;
    }
    const parsed = parseRecord(value);
    if (!parsed.ok) {
      this.#fault({ key, ...parsed.error });
      return undefined;
    }
    const record = parsed.value;
    const misplaced = this.#misplaced(key, record);
    if (misplaced) this.#fault({ key, seq: record.seq, ...misplaced });
    return misplaced ? undefined : record;
  }

  #misplaced(key: string, record: JournalRecord): Pick<JournalFault, 'code' | 'detail'> | undefined {
    const { organization, store, register, session } = this.#address;
    if (record.org !== organization || record.store !== store || record.register !== register) {
      const detail = `the record is of ${registerName(record.store, record.register)} of organization ${record.org}`;
      return { code: 'wrong-register', detail };
    }
    if (record.session !== session)
      return { code: 'wrong-session', detail: `the record is of session ${record.session}` };
    if (key === recordKey(record.seq)) return undefined;
    return { code: 'wrong-key', detail: `the entry "${key}" holds record ${record.seq}` };
  }

  /** Judges a record by what is before it; gives what the next one must follow. */
  #follow(key: string, record: JournalRecord, forked: boolean): ChainHead {
    const { heads, first } = this.verdict;
    const known = heads.find(({ hash }) => hash === record.prev) ?? heads[0];
    const next = verifyNext(known ?? assumedHead(record), record);
    const code = forked ? 'fork' : next.ok ? undefined : next.error;
    const begins = first !== undefined || record.kind === 'opened';
    const seal = code === undefined ? this.#judge(record) : undefined;
    if (code !== undefined) this.#fault({ key, seq: record.seq, code, detail: describeChain(code, record) });
    else if (!begins) this.#fault({ key, seq: record.seq, code: 'gap', detail: MISSING_OPENING });
    else if (seal) this.#fault({ key, seq: record.seq, ...seal });
    else this.verdict = { ...this.verdict, verified: { seq: record.seq, hash: record.hash } };
    const isClosed = record.kind === 'closed' || (this.verdict.isClosed && isBehindClosing(record.kind));
    this.verdict = { ...this.verdict, isClosed };
    if (record.at > this.verdict.latestAt) this.verdict = { ...this.verdict, latestAt: record.at };
    return headOf(record);
  }

  #fault(fault: JournalFault): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(fault);
    this.verdict = { ...this.verdict, faultCount: this.verdict.faultCount + 1 };
  }
}

const MISSING_OPENING = 'the session does not begin with its opening: what was before is missing';

/** Where a chain stands after a record, as the record says. */
function headOf({ org, store, register, seq, hash, totals }: JournalRecord): ChainHead {
  return { org, store, register, seq, hash, totals };
}

/** What a record says was before it, where nothing else tells: its own hash is checked then, and little more. */
function assumedHead(record: JournalRecord): ChainHead {
  const { org, store, register, seq, totals, prev } = record;
  if (seq === 1 || prev === '') return emptyHead(org, store, register);
  const sold = record.kind === 'sale' ? record.body.total : 0;
  return {
    org,
    store,
    register,
    seq: seq - 1,
    hash: prev,
    totals: {
      receipts: totals.receipts - (record.kind === 'sale' ? 1 : 0),
      signed: totals.signed - sold,
      absolute: totals.absolute - Math.abs(sold),
    },
  };
}

/** A sentence for a record that does not follow the one before (rules J6 and J7). */
export function describeChain(code: ChainFault, { seq, hash }: JournalRecord): string {
  switch (code) {
    case 'wrong-register':
      return `record ${seq} follows a record of another register`;
    case 'gap':
      return `records before ${seq} are missing`;
    case 'fork':
      return `there is more than one record ${seq}; this one is ${hash.slice(0, 8)}…: a cloned or restored till`;
    case 'broken-link':
      return `record ${seq} does not continue the record before it`;
    case 'altered':
      return `record ${seq} does not have the content its hash was made of`;
    case 'wrong-totals':
      return `the perpetual totals of record ${seq} do not follow from the record before it`;
    case 'wrong-receipt-number':
      return `the receipt number of record ${seq} is not the next one`;
  }
}

/** Whether a signature is that of a text by a key, all base64url. */
export type VerifySignature = (publicKey: string, text: string, signature: string) => boolean;

/**
 * A judge by the terminals a register has or had (rule E10), the newest first: that one most likely signed. Of a register
 * without any nothing can have been signed.
 */
export function signatureJudge(terminals: readonly Device[], verify: VerifySignature): SignatureJudge {
  const newestFirst = [...terminals].sort((a, b) => (a.enrolledAt < b.enrolledAt ? 1 : -1));
  return (record) => {
    const { hash, sig, seq } = record;
    if (sig === '') return { code: 'unsigned', detail: `record ${seq} carries no signature` };
    if (newestFirst.length === 0)
      return { code: 'unknown-device', detail: `record ${seq} is signed, but its register has no terminal` };
    const allowed = newestFirst.find(
      (device) => mayHaveSigned(device, record) && verify(device.key, hash, sig),
    );
    if (allowed) return undefined;
    const late = newestFirst.find((device) => verify(device.key, hash, sig));
    return late
      ? {
          code: 'signed-too-late',
          detail: `record ${seq} is from after "${late.name}" was revoked or expired`,
        }
      : { code: 'bad-signature', detail: `no terminal of the register made the signature of record ${seq}` };
  };
}

import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { assert } from '#model/result.ts';
import { judgeDay, judgePeriods } from './closings.ts';
import { judgeHead } from './countersigned-heads.ts';
import { judgeForks } from './judge-forks.ts';
import { judgeSales } from './judge-sales.ts';
import { judgeStockSales } from './judge-stock.ts';
import { allRows, oneRow } from './database.ts';
import type { AuditTexts } from './flatten-audit.ts';
import type { ExceptionList, Finding } from './exceptions.ts';
import type { EntryValue, SessionAddress, WholeRecord } from './read-record.ts';
import type { JudgedRecord, ReadEntry } from './read-session.ts';
import { candidateOf, deleteRecord, insertAside, insertRecord, moveRecord } from './record-rows.ts';
import { RegisterChain, type Step } from './register-chain.ts';
import type { RollupBatch } from './rollup-sums.ts';
import { countedTexts, describeSession, firstRecord, openedRecord, sessionDay } from './session-row.ts';
import { SessionDelta } from './session-sums.ts';
import { isSignatureFault, type Signature } from './signatures.ts';
import { addSpan, gapFindings, recountSpans, runsOf } from './spans.ts';
import type { Statements } from './statements.ts';

/** What writing a batch needs. */
export type Writing = {
  readonly statements: Statements;
  readonly exceptions: ExceptionList;
  readonly rollup: RollupBatch;
};

/**
 * Entries of a document as they are now: every value each key has, more than one after a conflict, none when it was taken
 * out. `complete` says that keys not named have no values.
 */
export type DocumentEntries = {
  readonly documentId: string;
  readonly entries: ReadonlyMap<string, readonly EntryValue[]>;
  readonly complete: boolean;
  /** Whether anything of this document is in the database; saves looking for it. */
  readonly known: boolean;
  /** Texts audit entries were given since the document was last written here, also those that are gone (rule A3). */
  readonly audited?: AuditTexts;
};

/** A session document, its entries read. */
export type ReadDocument = Omit<DocumentEntries, 'entries'> & {
  readonly entries: ReadonlyMap<string, readonly ReadEntry[]>;
};

type Stored = { seq: number; hash: string; json: string; reason?: string };

const signatureOf = ({ reason = '' }: Stored): Signature => (isSignatureFault(reason) ? reason : 'good');

/**
 * Brings the tables to what a session document says. The outcome is a function of the entries of all session documents:
 * it does not matter how often, in which parts or in which order they come.
 */
export function flattenSession(writing: Writing, address: SessionAddress, document: ReadDocument): void {
  const { wanted, seqs, emptied } = readEntries(writing, address, document);
  const stored = document.known ? storedRecords(writing.statements, address, document) : [];
  const chain = new RegisterChain(address);
  const range = rangeOf([
    ...stored.map(({ seq }) => seq),
    ...[...wanted.values()].map(({ record }) => record.seq),
  ]);
  if (range) chain.load(writing.statements, range.first, range.last);
  const steps: Step[] = [];
  for (const row of stored) {
    const kept = wanted.get(row.hash);
    if (kept?.text === row.json && kept.signature === signatureOf(row)) wanted.delete(row.hash);
    else steps.push(...chain.remove(row.seq, row.hash));
  }
  for (const { record, signature } of wanted.values()) chain.add(candidateOf(record, signature));
  steps.push(...chain.settle(writing.exceptions));
  apply(writing, address, steps, wanted);
  writeSpans(
    writing,
    address,
    seqs,
    emptied || steps.some((step) => step.do === 'discount' || step.do === 'forget'),
  );
}

/** Every record of a session that is in the tables, counted or not, with what its signature was worth. */
export function sessionRecords(statements: Statements, address: SessionAddress): readonly JudgedRecord[] {
  const { store, register, session } = address;
  return [statements.recordsOfSession, statements.asideOfSession].flatMap((statement) =>
    allRows<Stored>(statement, store, register, session).map((row) => ({
      record: JSON.parse(row.json) as JournalRecord,
      text: row.json,
      signature: signatureOf(row),
    })),
  );
}

/** Brings the tables to what the signatures of these records of a session are worth now, because devices changed. */
export function rejudgeSession(
  writing: Writing,
  address: SessionAddress,
  records: readonly JudgedRecord[],
): void {
  const range = rangeOf(records.map(({ record }) => record.seq));
  if (!range) return;
  const chain = new RegisterChain(address);
  chain.load(writing.statements, range.first, range.last);
  const steps = records.flatMap(({ record }) => chain.remove(record.seq, record.hash));
  for (const { record, signature } of records) chain.add(candidateOf(record, signature));
  steps.push(...chain.settle(writing.exceptions));
  apply(writing, address, steps, new Map(records.map((whole) => [whole.record.hash, whole])));
  writeSpans(writing, address, [], true);
}

type ReadEntries = {
  /** Whole records by hash. */
  readonly wanted: Map<string, JudgedRecord>;
  /** Sequence numbers that are here, of quarantined entries too, rising. */
  readonly seqs: readonly number[];
  /** Whether a quarantined entry went away. */
  readonly emptied: boolean;
};

function readEntries(
  { statements, exceptions }: Writing,
  address: SessionAddress,
  document: ReadDocument,
): ReadEntries {
  const wanted = new Map<string, JudgedRecord>();
  const seqs = new Set<number>();
  let emptied = false;
  for (const [key, values] of document.entries) {
    const findings: Finding[] = [];
    for (const read of values) {
      if (read.ok) keepBest(wanted, read.value);
      else findings.push(entryFinding(address, document.documentId, key, read.error));
    }
    if (values.length > 0 && /^\d{9}$/.test(key) && Number(key) > 0) seqs.add(Number(key));
    const changed = exceptions.replace(entrySource(document.documentId, key), findings);
    if (changed && findings.length === 0) emptied = true;
  }
  if (document.complete && document.known) {
    for (const { source } of allRows<{ source: string }>(statements.entryExceptions, document.documentId)) {
      const key = source.slice(entrySource(document.documentId, '').length);
      if (!document.entries.has(key)) emptied = exceptions.replace(source, []) || emptied;
    }
  }
  return { wanted, seqs: [...seqs].sort((a, b) => a - b), emptied };
}

/** One record stored twice with other signatures is one record, signed if one of them is; the order must not matter. */
function keepBest(wanted: Map<string, JudgedRecord>, read: JudgedRecord): void {
  const known = wanted.get(read.record.hash);
  const rank = ({ signature, text }: JudgedRecord) => `${signature === 'good' ? 0 : 1}${text}`;
  if (!known || rank(read) < rank(known)) wanted.set(read.record.hash, read);
}

/** Where findings about one entry of a document belong. */
export function entrySource(documentId: string, key: string): string {
  return `entry:${documentId}:${key}`;
}

function entryFinding(
  { store, register, session }: SessionAddress,
  documentId: string,
  key: string,
  refusal: { code: string; detail: string },
): Finding {
  const place = /^\d{9}$/.test(key) && Number(key) > 0 ? { seq: Number(key) } : {};
  return { ...refusal, documentId, store, register, session, ...place };
}

function storedRecords(statements: Statements, address: SessionAddress, document: ReadDocument): Stored[] {
  const { store, register, session } = address;
  if (document.complete) {
    return [statements.recordsOfSession, statements.asideOfSession].flatMap((statement) =>
      allRows<Stored>(statement, store, register, session),
    );
  }
  return [...document.entries.keys()].flatMap((key) =>
    [statements.recordAt, statements.asideAt].flatMap((statement) =>
      allRows<Stored>(statement, store, register, Number(key) || 0).filter(
        ({ json }) => (JSON.parse(json) as JournalRecord).session === session,
      ),
    ),
  );
}

function rangeOf(seqs: readonly number[]): { first: number; last: number } | undefined {
  if (seqs.length === 0) return undefined;
  let first = Infinity;
  let last = 0;
  for (const seq of seqs) {
    first = Math.min(first, seq);
    last = Math.max(last, seq);
  }
  return { first, last };
}

/** Carries the steps out, session by session: what goes, then the business day, then what comes. */
function apply(
  writing: Writing,
  address: SessionAddress,
  steps: readonly Step[],
  wanted: ReadonlyMap<string, JudgedRecord>,
): void {
  const { statements } = writing;
  const { store, register } = address;
  const texts = new Map(wanted);
  const out = new Map<number, { record: JournalRecord; day: string }[]>();
  const come = new Map<number, JudgedRecord[]>();
  for (const step of steps) {
    const { seq, hash, session, signature } = step.candidate;
    if (step.do === 'discount' || step.do === 'forget') {
      const taken = take(statements, address, step);
      texts.set(hash, texts.get(hash) ?? { record: taken.record, text: taken.text, signature });
      if (step.do === 'discount') listOf(out, session).push(taken);
      continue;
    }
    const whole = texts.get(hash);
    assert(whole, () => `no text for record ${seq} of ${store}-${register}`);
    if (step.do === 'set-aside') insertAside(statements, whole, step.reason);
    else listOf(come, session).push(whole);
  }
  for (const session of new Set([...out.keys(), ...come.keys()]))
    applyToSession(writing, { ...address, session }, out.get(session) ?? [], come.get(session) ?? []);
  const touched = steps.flatMap(({ candidate }) => texts.get(candidate.hash)?.record ?? []);
  judgeRecords(writing, address, touched);
}

function listOf<Item>(map: Map<number, Item[]>, key: number): Item[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

function take(
  statements: Statements,
  { store, register }: SessionAddress,
  step: Step,
): WholeRecord & { day: string } {
  const { seq, hash } = step.candidate;
  const rows = allRows<Stored & { day?: string }>(
    step.do === 'discount' ? statements.recordAt : statements.asideAt,
    store,
    register,
    seq,
  );
  const row = rows.find((candidate) => candidate.hash === hash);
  assert(row, () => `record ${seq} of ${store}-${register} is not where it was`);
  const record = JSON.parse(row.json) as JournalRecord;
  if (step.do === 'discount') deleteRecord(statements, store, register, record);
  else statements.deleteAside.run(store, register, seq, hash);
  return { record, text: row.json, day: row.day ?? '' };
}

function applyToSession(
  writing: Writing,
  address: SessionAddress,
  out: readonly { record: JournalRecord; day: string }[],
  come: readonly JudgedRecord[],
): void {
  const { statements, exceptions, rollup } = writing;
  const { store, register, session } = address;
  const before = oneRow<{ day: string }>(statements.getSession, store, register, session)?.day;
  const after = dayAfter(statements, address, come) ?? before ?? '';
  const deltas = new Map<string, SessionDelta>();
  const deltaOf = (day: string) => {
    const delta = deltas.get(day) ?? new SessionDelta({ store, register, session, day });
    deltas.set(day, delta);
    return delta;
  };
  for (const { record, day } of out) deltaOf(day).add(record, -1);
  if (before !== undefined && before !== after) {
    for (const { json, day } of countedTexts(statements, address)) {
      const record = JSON.parse(json) as JournalRecord;
      deltaOf(day).add(record, -1);
      deltaOf(after).add(record, 1);
      moveRecord(statements, record, after);
    }
  }
  for (const whole of come) {
    insertRecord(statements, whole, after);
    deltaOf(after).add(whole.record, 1);
  }
  for (const delta of deltas.values()) delta.flush(statements, rollup);
  describeSession(statements, exceptions, address);
  const touched = [...out.map(({ record }) => record), ...come.map(({ record }) => record)];
  const named = touched.flatMap((record) => (record.kind === 'zz' ? [record.body.day] : []));
  for (const day of new Set([before, after, ...named]))
    if (day !== undefined && day !== '') judgeDay(statements, exceptions, address, day);
  judgePeriods(statements, exceptions, address);
}

/** Looks for exceptions that records which came, went or changed places take part in (rule F1). */
function judgeRecords(writing: Writing, address: SessionAddress, touched: readonly JournalRecord[]): void {
  const { statements, exceptions } = writing;
  const { organization, store, register } = address;
  const sales = touched.filter((record) => record.kind === 'sale');
  judgeSales(statements, exceptions, organization, sales);
  judgeStockSales(writing, organization, sales);
  judgeForks(statements, exceptions, address, touched);
  // What was set aside may have been the closing of a day, or have kept its session from being compared.
  if (oneRow(statements.anyAside, store, register) === undefined) return;
  const days = new Set(touched.flatMap((record) => (record.kind === 'zz' ? [record.body.day] : [])));
  for (const { session } of touched) {
    const day = oneRow<{ day: string }>(statements.getSession, store, register, session)?.day;
    if (day) days.add(day);
  }
  for (const day of days) judgeDay(statements, exceptions, address, day);
  judgePeriods(statements, exceptions, address);
}

/** The session's business day once `come` is in: that of the earliest opening record, else the date of the first record. */
function dayAfter(
  statements: Statements,
  address: SessionAddress,
  come: readonly JudgedRecord[],
): string | undefined {
  const known = openedRecord(statements, address);
  const opened = [...come.map(({ record }) => record), ...(known ? [known] : [])]
    .filter((record): record is RecordOf<'opened'> => record.kind === 'opened')
    .reduce<RecordOf<'opened'> | undefined>((a, b) => (a && a.seq < b.seq ? a : b), undefined);
  const first = firstRecord(statements, address);
  const earliest = [...come.map(({ record }) => record), ...(first ? [first] : [])].reduce<
    { seq: number; at: string } | undefined
  >((a, b) => (a && a.seq < b.seq ? a : b), undefined);
  return sessionDay(opened, earliest?.at);
}

function writeSpans(
  writing: Writing,
  address: SessionAddress,
  seqs: readonly number[],
  recount: boolean,
): void {
  const { statements, exceptions } = writing;
  const { store, register } = address;
  if (recount) recountSpans(statements, store, register);
  else for (const run of runsOf(seqs)) addSpan(statements, store, register, run);
  exceptions.replace(`gaps:${store}-${register}`, gapFindings(statements, store, register));
  judgeHead(statements, exceptions, { store, register });
}

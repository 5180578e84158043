import type { JournalRecord } from '#model/journal/record.ts';
import type { findExceptions } from '#model/folds/exceptions.ts';
import { movesOf } from '#model/folds/sale-exceptions.ts';
import { forgeriesAreTold } from './forgery-oracle.ts';
import type { Indexed } from './indexed.ts';
import { ledgersAreBooked } from './ledger-oracle.ts';
import { movesOfReplica } from './ledgers.ts';
import type { Printed } from './ledger.ts';
import { NEWER, readRecord } from './reading.ts';
import { fingerprint, recordTexts, seenIn, stockBooks, type Replica } from './replica.ts';
import type { Shop } from './shop.ts';

/** What the oracles look at when the world has come to rest. */
export type Evidence = {
  readonly shop: Shop;
  readonly office: Replica;
  readonly replicas: ReadonlyMap<string, Replica>;
  /** Followed the whole way, and made anew from what is there at the end. */
  readonly indexed: Indexed;
  readonly rebuilt: Indexed;
  /** The model's fold, by which every replica tells exceptions. */
  readonly tell: typeof findExceptions;
};

/** Sentences about what is wrong. */
export type Oracle = (evidence: Evidence) => readonly string[];

/** A register whose numbers may come twice: it was cloned or rolled back, or lost what only one disk held. */
export function isDoubtful(shop: Shop, register: string): boolean {
  return shop.ledger.cloned.has(register) || hasLost(shop, register);
}

function hasLost({ ledger }: Shop, register: string): boolean {
  return ledger.printed.some((one) => one.register === register && ledger.lost.has(one.text));
}

/** Whether the device that signed a record had the right to, as head office's list says at the end (rule E10). */
export function isAuthorised(
  { ledger, devices }: Shop,
  { hash, at }: Pick<JournalRecord, 'hash' | 'at'>,
): boolean {
  const revokedAt = devices.get(ledger.signers.get(hash) ?? '')?.place.revokedAt;
  return ledger.signers.has(hash) && (revokedAt === undefined || at < revokedAt);
}

/** Every printed record is at head office, unless its only disk is gone or belongs to a device that was shut out. */
const printedIsStored: Oracle = ({ shop, office }) => {
  const stored = new Set(recordTexts(office));
  const { ledger, devices } = shop;
  const isShutIn = ({ record, text }: Printed) =>
    devices.get(ledger.signers.get(record.hash) ?? '')?.place.revokedAt !== undefined &&
    !ledger.reached.has(text);
  return ledger.printed
    .filter((printed) => !stored.has(printed.text) && !ledger.lost.has(printed.text) && !isShutIn(printed))
    .map(({ register, record }) => `${register}: printed record ${record.seq} is not at head office`);
};

/**
 * Receipts of a register are printed once, and what is stored of them has no gaps: not after a clone or an older page either,
 * whose branches both begin where they part. A till that replaced another may give out again what its forerunner kept to itself.
 */
const receiptsAreUnique: Oracle = ({ shop, office }) => {
  const texts = new Set(recordTexts(office));
  for (const { text } of shop.ledger.forged) texts.delete(text);
  const stored = [...texts]
    .map((text) => JSON.parse(text) as JournalRecord)
    .filter(({ hash }) => shop.ledger.signers.has(hash));
  return shop.relays.flatMap((_, index) => {
    const register = shop.tills[index]?.name ?? '';
    if (hasLost(shop, register)) return [];
    const printed = shop.ledger.printed.filter((one) => one.register === register && texts.has(one.text));
    const numbers = printed.flatMap(({ record }) => (record.kind === 'sale' ? [record.totals.receipts] : []));
    const kept = stored.filter(
      (record) => record.kind === 'sale' && `${record.store}-${record.register}` === register,
    );
    const counts = new Set(kept.map(({ totals }) => totals.receipts));
    return [
      ...(new Set(numbers).size === numbers.length || shop.ledger.cloned.has(register)
        ? []
        : [`${register}: a receipt number twice`]),
      ...(Math.max(0, ...counts) === counts.size ? [] : [`${register}: receipt numbers with gaps`]),
    ];
  });
};

/** Every relay holds what head office holds of its store and nothing else, and every page that may what its relay holds. */
const replicasAreEqual: Oracle = ({ shop, office, replicas }) => {
  const relays = [...replicas].filter(
    ([name, replica]) => fingerprint(replica) !== fingerprint(heldAt(shop, name, office)),
  );
  const pages = shop.tills.flatMap(({ run, machine }) => {
    if (run === undefined || !run.documents.isLinked) return [];
    const different = run.documents.ids.filter((id) => {
      const seen = seenIn(run.documents.doc(id));
      return (
        seen.entries.size > 0 &&
        fingerprint(new Map([[id, seen]])) !== fingerprint(new Map([[id, office.get(id) ?? seen]]))
      );
    });
    return different.map((id) => `${machine.name} and head office differ in ${id}`);
  });
  return [...relays.map(([name]) => `${name} differs from head office`), ...pages];
};

/** What of head office's replica a relay holds: its own store's documents, and those of all stores (rule E3). */
function heldAt({ relays }: Shop, name: string, office: Replica): Replica {
  const relay = relays.find(({ machine }) => machine.name === name);
  return new Map([...office].filter(([id]) => relay?.mayHold(id)));
}

/** What was paid is what was charged, in every receipt that is stored. */
const paymentsAddUp: Oracle = ({ shop, office }) =>
  readable(shop, office).flatMap((record) => {
    if (record.kind !== 'sale') return [];
    const { tenders, total, rounding = 0, receipt } = record.body;
    const paid = tenders.reduce((sum, { amount }) => sum + amount, 0);
    return paid === total + rounding ? [] : [`${receipt}: ${paid} paid of ${total + rounding}`];
  });

/** A closed drawer should hold its float, the cash of its sales and what was put in, less what was taken out. */
const drawersAddUp: Oracle = ({ shop, office }) => {
  const inDrawer = new Map<string, number>();
  const found: string[] = [];
  const made = readable(shop, office).filter(({ hash }) => shop.ledger.signers.has(hash));
  for (const record of made.sort((a, b) => a.seq - b.seq)) {
    const register = `${record.store}-${record.register}`;
    if (isDoubtful(shop, register)) continue;
    const session = `${register}#${record.session}`;
    const before = inDrawer.get(session) ?? 0;
    if (record.kind === 'closed' && record.body.expected !== before)
      found.push(`${session}: closed with ${record.body.expected} expected, the records make ${before}`);
    inDrawer.set(session, before + cashOf(record));
  }
  return found;
};

function cashOf(record: JournalRecord): number {
  if (record.kind === 'opened') return record.body.float;
  if (record.kind === 'cash')
    return record.body.direction === 'in' ? record.body.amount : -record.body.amount;
  if (record.kind !== 'sale') return 0;
  return record.body.tenders.reduce((sum, { kind, amount }) => sum + (kind === 'cash' ? amount : 0), 0);
}

/** Reports count one record for each number, each signed by a device that had the right to, and everything that should count. */
const reportsCountRight: Oracle = ({ shop, office, indexed }) => {
  const rows = indexed.database
    .prepare(`SELECT hash, at, store || '-' || register AS register, seq FROM record`)
    .all();
  const counted = rows as { hash: string; at: string; register: string; seq: number }[];
  const unauthorised = counted.filter((row) => !isAuthorised(shop, row));
  const hashes = new Set(counted.map(({ hash }) => hash));
  const missing = readable(shop, office)
    .map((record) => ({ record, register: `${record.store}-${record.register}` }))
    .filter(({ record, register }) => isAuthorised(shop, record) && !isDoubtful(shop, register))
    .filter(({ record, register }) => !hashes.has(record.hash) && !followsNewer(office, register, record));
  const sum = (table: string) =>
    Number(
      indexed.database
        .prepare(`SELECT coalesce(sum(${table === 'sale' ? 'total' : 'amount'}), 0) AS sum FROM ${table}`)
        .get()?.['sum'],
    );
  return [
    ...unauthorised.map(
      ({ register, seq }) => `${register}: record ${seq} counts, and nobody who may has signed it`,
    ),
    ...missing.map(({ record, register }) => `${register}: record ${record.seq} does not count`),
    ...(sum('sale') === sum('sale_tender')
      ? []
      : [`reports: ${sum('sale_tender')} paid of ${sum('sale')} sold`]),
  ];
};

/** Behind a record nobody here can read, sums cannot be checked. */
function followsNewer(office: Replica, register: string, { seq }: JournalRecord): boolean {
  return recordTexts(office).some((text) => {
    const record = JSON.parse(text) as { v: number; store: string; register: string; seq: number };
    return record.v === NEWER && `${record.store}-${record.register}` === register && record.seq < seq;
  });
}

/** The index that followed every change is the one made anew from the end. */
const indexIsRebuilt: Oracle = ({ indexed, rebuilt }) => {
  const [followed, made] = [indexed.contents.split('\n'), rebuilt.contents.split('\n')];
  const [only, lacks] = [
    followed.filter((row) => !made.includes(row)),
    made.filter((row) => !followed.includes(row)),
  ];
  const isSame = followed.length === made.length && only.length + lacks.length === 0;
  return isSame
    ? []
    : [`the index differs from one made anew: ${[...only, ...lacks][0]?.slice(0, 300) ?? 'rows twice'}`];
};

/** Every replica tells the same exceptions, and everything that went wrong apart is among them. */
const exceptionsAreTold: Oracle = ({ shop, office, replicas, tell }) => {
  const factsOf = (replica: Replica) => ({
    records: readable(shop, replica).filter((record) => isAuthorised(shop, record)),
    stock: stockBooks(replica),
  });
  // A relay knows of another store's cards what is in the ledgers; head office has the records, which are the truth.
  const exceptionsOf = (replica: Replica) => {
    const facts = factsOf(replica);
    return JSON.stringify(tell({ ...facts, moves: [...movesOf(facts.records), ...movesOfReplica(replica)] }));
  };
  const told = tell(factsOf(office));
  const differing = [...replicas].filter(
    ([name, replica]) => exceptionsOf(replica) !== exceptionsOf(heldAt(shop, name, office)),
  );
  const trusted = readable(shop, office).filter((record) => isAuthorised(shop, record));
  const lines = new Set(
    told.flatMap((one) =>
      one.kind === 'double-refund' ? one.lines.map(({ receipt, line }) => `${receipt} ${line}`) : [],
    ),
  );
  const baskets = new Set(told.flatMap((one) => (one.kind === 'sold-twice' ? [one.basket] : [])));
  const products = new Set(
    told.flatMap((one) =>
      one.kind === 'oversold' ? one.products.map((product) => `${one.store} ${product}`) : [],
    ),
  );
  const accounts = new Set(told.flatMap((one) => (one.kind === 'overspent' ? [one.account] : [])));
  const forked = new Set(told.flatMap((one) => (one.kind === 'fork' ? [one.register] : [])));
  const untold = (what: string, found: readonly string[], among: ReadonlySet<string>) =>
    found.filter((name) => !among.has(name)).map((name) => `${what} ${name} is no exception`);
  return [
    ...differing.map(([name]) => `${name} tells other exceptions than head office`),
    ...untold('double refund', overRefunded(trusted), lines),
    ...untold('basket sold twice', twiceSold(trusted), baskets),
    ...untold('oversold', belowZero(trusted, office), products),
    ...untold('overspent account', overspentAccounts(trusted), accounts),
    ...untold('fork', forkedRegisters(trusted), forked),
    ...forkedRegisters(trusted)
      .filter((register) => !isDoubtful(shop, register) && !hasRevoked(shop, register))
      .map((register) => `${register} forked without a clone`),
  ];
};

function hasRevoked({ devices }: Shop, register: string): boolean {
  return [...devices.values()].some(
    ({ place }) => place.revokedAt !== undefined && `${place.store}-${place.register}` === register,
  );
}

function overRefunded(records: readonly JournalRecord[]): string[] {
  const left = new Map<string, number>();
  const add = (key: string, quantity: number) => left.set(key, (left.get(key) ?? 0) + quantity);
  const sold = new Set<string>();
  for (const record of records)
    if (record.kind === 'sale')
      record.body.lines.forEach((line, index) => {
        if (line.refundOf) add(`${line.refundOf.receipt} ${line.refundOf.line}`, Number(line.quantity));
        else if (Number(line.quantity) > 0) sold.add(`${record.body.receipt} ${index}`);
        if (!line.refundOf) add(`${record.body.receipt} ${index}`, Number(line.quantity));
      });
  return [...left].filter(([key, quantity]) => sold.has(key) && quantity < 0).map(([key]) => key);
}

/**
 * Accounts from which more was taken than was put into them, in receipts that are here. Of two receipts that a fork gave one number the
 * fold counts one (rule G2): what such receipts moved says nothing here.
 */
function overspentAccounts(records: readonly JournalRecord[]): string[] {
  const left = new Map<string, number>();
  const doubtful = new Set<string>();
  const seen = new Map<string, string>();
  for (const record of records) {
    if (record.kind !== 'sale') continue;
    const { receipt } = record.body;
    if (seen.has(receipt) && seen.get(receipt) !== record.hash) doubtful.add(receipt);
    seen.set(receipt, record.hash);
  }
  const moves = movesOf(records);
  const unsure = new Set(moves.filter(({ receipt }) => doubtful.has(receipt)).map(({ account }) => account));
  for (const { account, amount } of moves) left.set(account, (left.get(account) ?? 0) + amount);
  return [...left].filter(([account, sum]) => sum < 0 && !unsure.has(account)).map(([account]) => account);
}

/** Baskets on two receipts (rule F3). Two records with one receipt number, as twins make them of one basket, are a fork instead. */
function twiceSold(records: readonly JournalRecord[]): string[] {
  const sales = records.filter((record) => record.kind === 'sale').map(({ body }) => body);
  const voided = new Set(sales.map(({ voids }) => voids?.receipt));
  const receipts = new Map<string, Set<string>>();
  for (const { basket, receipt } of sales)
    if (!voided.has(receipt)) receipts.set(basket, (receipts.get(basket) ?? new Set()).add(receipt));
  return [...receipts].filter(([, numbers]) => numbers.size > 1).map(([basket]) => basket);
}

/** Products of a store that are below zero although nothing but sales ever took any away: `S01 P3`. */
function belowZero(records: readonly JournalRecord[], office: Replica): string[] {
  const left = new Map<string, number>();
  const add = (key: string, quantity: number) => left.set(key, (left.get(key) ?? 0) + quantity);
  for (const [store, entries] of stockBooks(office))
    for (const { product, quantity } of entries) add(`${store} ${product}`, Number(quantity));
  for (const record of records)
    for (const { product, quantity } of record.kind === 'sale' ? record.body.lines : [])
      if (left.has(`${record.store} ${product}`)) add(`${record.store} ${product}`, -Number(quantity));
  return [...left].filter(([, quantity]) => quantity < 0).map(([key]) => key);
}

function forkedRegisters(records: readonly JournalRecord[]): string[] {
  const seen = new Map<string, string>();
  const found = new Set<string>();
  for (const { store, register, seq, hash } of records) {
    const key = `${store}-${register} ${seq}`;
    if (seen.has(key) && seen.get(key) !== hash) found.add(`${store}-${register}`);
    seen.set(key, hash);
  }
  return [...found];
}

/** Every relay that may hold it lists forks and what a newer app wrote, so that a person hears of it. */
const faultsAreListed: Oracle = ({ shop, office }) => {
  const newer = new Set<string>();
  for (const text of recordTexts(office)) {
    const { v, store, register } = JSON.parse(text) as { v: number; store: string; register: string };
    if (v === NEWER) newer.add(`${store}-${register}`);
  }
  const forked = forkedRegisters(readable(shop, office).filter((record) => isAuthorised(shop, record)));
  const wanted = [
    ...forked.map((register) => ({ register, code: 'fork' })),
    ...[...newer].map((register) => ({ register, code: 'unknown-version' })),
  ];
  return shop.allRelays.flatMap(({ machine, quarantine, store }) =>
    wanted
      .filter(
        ({ register, code }) =>
          (store === undefined || register.startsWith(`${store}-`)) &&
          !quarantine.some((fault) => fault.register === register && fault.code === code),
      )
      .map(({ register, code }) => `${machine.name} does not list ${code} of ${register}`),
  );
};

/** Every oracle by name. */
export const ORACLES = {
  printedIsStored,
  receiptsAreUnique,
  replicasAreEqual,
  paymentsAddUp,
  drawersAddUp,
  reportsCountRight,
  indexIsRebuilt,
  exceptionsAreTold,
  faultsAreListed,
  forgeriesAreTold,
  ledgersAreBooked,
} as const satisfies Readonly<Record<string, Oracle>>;

/** What the oracles say, all of them. */
export function judge(evidence: Evidence): string[] {
  return Object.values(ORACLES).flatMap((oracle) => oracle(evidence));
}

/** The records of a replica that somebody made; what was forged is none. */
function readable({ ledger }: Shop, replica: Replica): JournalRecord[] {
  const forged = new Set(ledger.forged.map(({ text }) => text));
  return recordTexts(replica)
    .filter((text) => !forged.has(text))
    .map(readRecord)
    .filter((record) => record !== undefined);
}

/** Looks at what was printed since the last look: is each on a disk, and its number given once? */
export class Watcher {
  readonly #shop: Shop;
  readonly #numbers = new Set<string>();
  #seen = 0;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  look(isOnDisk: (printed: Printed) => boolean): string[] {
    const { ledger } = this.#shop;
    const fresh = ledger.printed.slice(this.#seen);
    this.#seen = ledger.printed.length;
    return fresh.flatMap((printed) => {
      const { register, record, text } = printed;
      const found =
        isOnDisk(printed) || ledger.lost.has(text)
          ? []
          : [`${register}: record ${record.seq} is done and on no disk`];
      if (record.kind !== 'sale') return found;
      const isTwice = this.#numbers.has(record.body.receipt) && !isDoubtful(this.#shop, register);
      this.#numbers.add(record.body.receipt);
      return isTwice ? [...found, `${record.body.receipt} was printed twice`] : found;
    });
  }
}

import type { JournalRecord } from '#model/journal/record.ts';
import type { findExceptions } from '#model/folds/exceptions.ts';
import { exceptionsAreTold, forksIn } from './exception-oracle.ts';
import { forgeriesAreTold } from './forgery-oracle.ts';
import type { Indexed } from './indexed.ts';
import { layawaysAddUp } from './layaway-oracle.ts';
import { ledgersAreBooked } from './ledger-oracle.ts';
import type { Printed } from './ledger.ts';
import { NEWER, readRecord, type ReadRecord } from './reading.ts';
import { fingerprint, recordTexts, seenIn, type Replica } from './replica.ts';
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
 * Receipts of a register are printed once, or where neither till could know of the other's, and what is stored of them has no gaps: not
 * after a clone or an older page either, whose branches both begin where they part.
 */
const receiptsAreUnique: Oracle = ({ shop, office }) => {
  const texts = new Set(recordTexts(office));
  for (const { text } of shop.ledger.forged) texts.delete(text);
  const stored = [...texts]
    .map((text) => JSON.parse(text) as JournalRecord)
    .filter(({ hash }) => shop.ledger.signers.has(hash));
  return shop.relays.flatMap((_, index) => {
    const register = shop.tills[index]?.name ?? '';
    const printed = shop.ledger.printed.filter((one) => one.register === register);
    const sales = printed.filter(({ record }) => record.kind === 'sale');
    const countOf = ({ record }: Printed) => record.totals.receipts;
    const kept = stored.filter(
      (record) => record.kind === 'sale' && `${record.store}-${record.register}` === register,
    );
    const isTwice = twins(
      sales.filter(({ text }) => texts.has(text)),
      countOf,
    ).some(([a, b]) => !shop.ledger.mayRepeat(a.record, b.record));
    // What only a disk held that is gone leaves its number empty, or to be given once more by whoever never saw it.
    const lost = new Set(sales.filter(({ text }) => shop.ledger.lost.has(text)).map(countOf));
    const counts = new Set(kept.map(({ totals }) => totals.receipts));
    const all = Array.from({ length: Math.max(0, ...counts) }, (_, index) => index + 1);
    return [
      ...(isTwice ? [`${register}: a receipt number twice`] : []),
      ...(all.every((count) => counts.has(count) || lost.has(count))
        ? []
        : [`${register}: receipt numbers with gaps`]),
    ];
  });
};

/** Every two that have the same name. */
export function twins<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => unknown,
): (readonly [Item, Item])[] {
  const byName = Map.groupBy(items, nameOf);
  return [...byName.values()].flatMap((some) =>
    some.flatMap((a, index) => some.slice(index + 1).map((b) => [a, b] as const)),
  );
}

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
export function heldAt({ relays }: Shop, name: string, office: Replica): Replica {
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

/**
 * A closed drawer should hold its float, the cash of its sales and what was put in, less what was taken out: in the very records the
 * closing goes back to by its links, so that a clone or an older page excuses nothing. Only where one of these is gone nobody can say.
 */
const drawersAddUp: Oracle = ({ shop, office }) => {
  const made = readable(shop, office).filter(({ hash }) => shop.ledger.signers.has(hash));
  const byHash = new Map(made.map((record) => [record.hash, record]));
  return made.flatMap((closing) => {
    if (closing.kind !== 'closed') return [];
    let [sum, before] = [0, byHash.get(closing.prev)];
    for (; before !== undefined && before.kind !== 'opened'; before = byHash.get(before.prev))
      sum += cashOf(before);
    if (before === undefined || closing.body.expected === sum + cashOf(before)) return [];
    const session = `${closing.store}-${closing.register}#${closing.session}`;
    return [
      `${session}: closed with ${closing.body.expected} expected, the records make ${sum + cashOf(before)}`,
    ];
  });
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
  // Of several records with one number one counts (rule J7), and of one record itself: a clone or a lost disk excuses no more.
  const numbers = new Set(counted.map(({ register, seq }) => `${register} ${seq}`));
  const missing = readable(shop, office)
    .map((record) => ({ record, register: `${record.store}-${record.register}` }))
    .filter(({ record }) => isAuthorised(shop, record))
    .filter(({ record: { seq }, register }) => !numbers.has(`${register} ${seq}`));
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

/** Every relay that may hold it lists forks and what a newer app wrote, so that a person hears of it. */
const faultsAreListed: Oracle = ({ shop, office }) => {
  const newer = new Set<string>();
  for (const text of recordTexts(office)) {
    const { v, store, register } = JSON.parse(text) as { v: number; store: string; register: string };
    if (v === NEWER) newer.add(`${store}-${register}`);
  }
  const forks = forksIn(readable(shop, office).filter((record) => isAuthorised(shop, record)));
  const forked = new Set(forks.map(({ register }) => register));
  const wanted = [
    ...[...forked].map((register) => ({ register, code: 'fork' })),
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
  layawaysAddUp,
} as const satisfies Readonly<Record<string, Oracle>>;

/** What the oracles say, all of them. */
export function judge(evidence: Evidence): string[] {
  return Object.values(ORACLES).flatMap((oracle) => oracle(evidence));
}

/** The records of a replica that somebody made, as `read` reads them; what was forged is none. */
export function readable({ ledger }: Shop, replica: Replica, read: ReadRecord = readRecord): JournalRecord[] {
  const forged = new Set(ledger.forged.map(({ text }) => text));
  return recordTexts(replica)
    .filter((text) => !forged.has(text))
    .map(read)
    .filter((record) => record !== undefined);
}

/** Looks at what was printed since the last look: is each on a disk, and its number given to nothing its till must know of? */
export class Watcher {
  readonly #shop: Shop;
  /** What was printed under each name. */
  readonly #printed = new Map<string, Printed[]>();
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
      const names = [
        `${register}: record ${record.seq}`,
        ...(record.kind === 'sale' ? [record.body.receipt] : []),
      ];
      return [
        ...(isOnDisk(printed) || ledger.lost.has(text)
          ? []
          : [`${register}: record ${record.seq} is done and on no disk`]),
        ...names.filter((name) => this.#isAgain(name, printed)).map((name) => `${name} was printed twice`),
      ];
    });
  }

  #isAgain(name: string, printed: Printed): boolean {
    const before = this.#printed.get(name) ?? [];
    this.#printed.set(name, [...before, printed]);
    return before.some(({ record }) => !this.#shop.ledger.mayRepeat(record, printed.record));
  }
}

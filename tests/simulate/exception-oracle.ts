import { movesOf } from '#model/folds/sale-exceptions.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { movesOfReplica } from './ledgers.ts';
import { heldAt, isAuthorised, readable, twins, type Oracle } from './oracles.ts';
import { stockBooks, type Replica } from './replica.ts';

/** Every replica tells the same exceptions, and everything that went wrong apart is among them. */
export const exceptionsAreTold: Oracle = ({ shop, office, replicas, tell }) => {
  const factsOf = (replica: Replica) => ({
    records: readable(shop, replica).filter((record) => isAuthorised(shop, record)),
    stock: stockBooks(replica),
  });
  // A relay knows of another store's cards what is in the ledgers; head office has the records, which are the truth.
  const exceptionsOf = (replica: Replica) => {
    const facts = factsOf(replica);
    return JSON.stringify(tell({ ...facts, moves: [...movesOf(facts.records), ...movesOfReplica(replica)] }));
  };
  const trusted = readable(shop, office).filter((record) => isAuthorised(shop, record));
  const overspent = overspentAccounts(trusted);
  // A relay whose ledgers and receipts have just the moves of the receipts head office has must tell what those make.
  const untoldAt = (name: string, replica: Replica) => {
    const facts = factsOf(replica);
    const moves = [...movesOf(facts.records), ...movesOfReplica(replica)];
    const known = new Set(
      tell({ ...facts, moves }).flatMap((one) => (one.kind === 'overspent' ? [one.account] : [])),
    );
    const placesOf = (account: string, among: typeof moves) =>
      [
        ...new Set(
          among.filter((move) => move.account === account).map((one) => `${one.receipt}:${one.index}`),
        ),
      ]
        .sort()
        .join();
    const all = movesOf(trusted);
    return overspent
      .filter((account) => !known.has(account) && placesOf(account, all) === placesOf(account, moves))
      .map((account) => `${name} does not tell that ${account} is overspent`);
  };
  const told = tell(factsOf(office));
  const differing = [...replicas].filter(
    ([name, replica]) => exceptionsOf(replica) !== exceptionsOf(heldAt(shop, name, office)),
  );
  const forks = forksIn(trusted);
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
    ...untold('overspent account', overspent, accounts),
    ...[...replicas].flatMap(([name, replica]) => untoldAt(name, replica)),
    ...untold('fork', [...new Set(forks.map(({ register }) => register))], forked),
    ...forks
      .filter(({ records: [a, b] }) => !shop.ledger.mayRepeat(a, b))
      .map(
        ({ register, seq }) => `${register} forked at record ${seq}, and one till must have known of both`,
      ),
  ];
};

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
 * fold counts the moves of one at each place (rule G2): whichever that is, an account listed here is below zero.
 */
function overspentAccounts(records: readonly JournalRecord[]): string[] {
  const receipts = new Map<string, Set<string>>();
  const places = new Map<string, Map<string, number[]>>();
  const sales = new Map(records.map((record) => [record.hash, record]));
  for (const record of sales.values()) {
    if (record.kind !== 'sale') continue;
    const { receipt } = record.body;
    receipts.set(receipt, (receipts.get(receipt) ?? new Set()).add(record.hash));
    for (const { account, amount, index } of movesOf([record])) {
      const there = places.get(account) ?? new Map<string, number[]>();
      there.set(`${receipt}:${index}`, [...(there.get(`${receipt}:${index}`) ?? []), amount]);
      places.set(account, there);
    }
  }
  const most = (place: string, amounts: readonly number[]) => {
    const others = (receipts.get(place.slice(0, place.lastIndexOf(':')))?.size ?? 0) > amounts.length;
    return Math.max(...amounts, ...(others ? [0] : []));
  };
  const left = [...places].map(([account, there]) => ({
    account,
    sum: [...there].reduce((sum, [place, amounts]) => sum + most(place, amounts), 0),
  }));
  return left.filter(({ sum }) => sum < 0).map(({ account }) => account);
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

/** Every two records that have one number. */
export function forksIn(records: readonly JournalRecord[]): {
  readonly register: string;
  readonly seq: number;
  readonly records: readonly [JournalRecord, JournalRecord];
}[] {
  const nameOf = ({ store, register, seq }: JournalRecord) => `${store}-${register} ${seq}`;
  return twins(records, nameOf)
    .filter(([a, b]) => a.hash !== b.hash)
    .map(([a, b]) => ({ register: `${a.store}-${a.register}`, seq: a.seq, records: [a, b] }));
}

import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { isLedger } from '#model/ledger/account.ts';
import { isAuthorised, readable, type Evidence, type Oracle } from './oracles.ts';
import { layawaysAt, layawaysIn } from './layaway-acts.ts';
import { movesOfReplica } from './ledgers.ts';
import { readNewerRecord } from './reading.ts';

type Sale = RecordOf<'sale'>;

/**
 * Deposits and goods are paid for and counted once: what the shop took is what it sold and what it owes on cards and deposits, in the
 * journals and in the reports; goods that were kept are sold at the price that was agreed, and twice only as an exception everybody tells;
 * and no till lists as open what is settled.
 */
export const layawaysAddUp: Oracle = (evidence) => {
  const { shop, office } = evidence;
  const sales = readable(shop, office).filter((record) => record.kind === 'sale');
  const trusted = sales.filter((record) => isAuthorised(shop, record));
  return [
    ...paidIsOwedOrSold(sales),
    ...reportsOwe(evidence, trusted),
    ...soldAsAgreed(evidence, trusted),
    ...settledAreGone(evidence),
  ];
};

/** What an account is changed by, line by line and tender by tender, without the model's fold. */
function movesIn({ body }: Sale): { readonly account: string; readonly amount: number }[] {
  const put = body.lines.map(({ account, amount }) => ({ account: account?.id, amount }));
  const taken = body.tenders.map(({ kind, account, amount }) => ({
    account: isLedger(kind) ? account : undefined,
    amount: -amount,
  }));
  return [...put, ...taken].flatMap(({ account, amount }) =>
    account === undefined ? [] : [{ account, amount }],
  );
}

function sumOf(amounts: readonly { readonly amount: number }[]): number {
  return amounts.reduce((sum, { amount }) => sum + amount, 0);
}

function paidIsOwedOrSold(sales: readonly Sale[]): string[] {
  let [paid, sold, owed] = [0, 0, 0];
  for (const sale of new Map(sales.map((one) => [one.hash, one])).values()) {
    const { lines, taxes, tenders, rounding = 0 } = sale.body;
    paid += sumOf(tenders.filter(({ kind }) => !isLedger(kind)));
    sold += sumOf(lines.filter(({ account }) => account === undefined)) + rounding;
    sold += sumOf(taxes.filter(({ included }) => !included));
    owed += sumOf(movesIn(sale));
  }
  return paid === sold + owed
    ? []
    : [`${paid} was paid in all, ${sold} was sold and ${owed} is owed on accounts`];
}

/** The reports owe on each account what the records that count put there. */
function reportsOwe({ indexed }: Evidence, trusted: readonly Sale[]): string[] {
  const rows = indexed.database.prepare('SELECT hash FROM record').all();
  const counted = new Set(rows.map(({ hash }) => hash));
  const owed = new Map<string, number>();
  for (const sale of new Map(trusted.map((one) => [one.hash, one])).values())
    for (const { account, amount } of counted.has(sale.hash) ? movesIn(sale) : [])
      owed.set(account, (owed.get(account) ?? 0) + amount);
  const told = indexed.database
    .prepare('SELECT account, sum(amount) AS amount FROM ledger_move GROUP BY account')
    .all();
  const inReports = new Map(told.map(({ account, amount }) => [String(account), Number(amount)]));
  return [...owed]
    .filter(([account, amount]) => (inReports.get(account) ?? 0) !== amount)
    .map(
      ([account, amount]) =>
        `the reports owe ${inReports.get(account) ?? 0} on ${account}, the records ${amount}`,
    );
}

function soldAsAgreed({ shop, office, replicas, tell }: Evidence, trusted: readonly Sale[]): string[] {
  const layaways = layawaysOf(office);
  const voided = new Set(trusted.map(({ body }) => body.voids?.receipt));
  const standing = trusted.filter(({ body }) => !voided.has(body.receipt));
  return layaways.flatMap(({ number, basket, total }) => {
    const sold = standing.filter(({ body }) => body.basket === basket);
    const stores = new Set(sold.map(({ store }) => store));
    const isTwice = new Set(sold.map(({ body }) => body.receipt)).size > 1;
    // A relay knows the receipts of its own store: it tells what was sold twice there, head office also what two stores sold.
    const telling = stores.size === 1 ? [office, ...replicasOf(shop, replicas, sold[0]?.store)] : [office];
    return [
      ...sold
        .filter(({ body }) => body.total !== total)
        .map(({ body }) => `${body.receipt} sold ${number} for ${body.total}, which was agreed for ${total}`),
      ...telling
        .filter((replica) => isTwice && !tellsOf(tell, shop, replica, basket))
        .map(() => `${number} was handed over twice and somebody does not tell`),
    ];
  });
}

function replicasOf({ relays }: Evidence['shop'], replicas: Evidence['replicas'], store: string | undefined) {
  const names = relays.filter((relay) => relay.store === store).map(({ machine }) => machine.name);
  return names.flatMap((name) => replicas.get(name) ?? []);
}

function tellsOf(
  tell: Evidence['tell'],
  shop: Evidence['shop'],
  replica: Evidence['office'],
  basket: string,
): boolean {
  const records: JournalRecord[] = readable(shop, replica).filter((record) => isAuthorised(shop, record));
  return tell({ records }).some((one) => one.kind === 'sold-twice' && one.basket === basket);
}

/**
 * A layaway that is settled by the moves everybody has is open at no till that is linked. What a newer app put there or took counts too:
 * nobody reads its receipts here, and its moves are in the ledgers like any others.
 */
function settledAreGone({ shop, office }: Evidence): string[] {
  const made = readable(shop, office, readNewerRecord).filter((record) => record.kind === 'sale');
  const trusted = made.filter((record) => isAuthorised(shop, record));
  const booked = new Set(movesOfReplica(office).map(({ receipt, index }) => `${receipt}:${index}`));
  const receipts = Map.groupBy(trusted, ({ body }) => body.receipt);
  return layawaysOf(office).flatMap(({ number }) => {
    const about = trusted.filter((sale) => movesIn(sale).some(({ account }) => account === number));
    // What a till that was shut out could not book, or two records of one number, leave open what the tills go by.
    const isPlain = about.every(
      ({ body }) => receipts.get(body.receipt)?.length === 1 && booked.has(`${body.receipt}:0`),
    );
    const left = sumOf(about.flatMap(movesIn).filter(({ account }) => account === number));
    // Without a payment that counts it was agreed and never begun: a till that made it and was shut out paid in alone.
    if (about.length === 0 || !isPlain || left > 0) return [];
    return shop.tills
      .filter(({ run }) => run?.standing === 'ready' && run.documents.isLinked)
      .filter(({ run }) => layawaysAt(run).some(({ layaway }) => layaway.number === number))
      .map(({ machine }) => `${machine.name} lists ${number}, which is settled`);
  });
}

function layawaysOf(office: Evidence['office']) {
  const entries = [...office.values()].flatMap(({ entries: all }) => [...all]);
  return layawaysIn(entries.flatMap(([key, texts]) => texts.map((text) => [key, text] as const)));
}

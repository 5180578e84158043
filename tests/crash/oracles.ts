import type { SessionReport } from '#model/folds/session-report.ts';
import { readReceipt, type PrintedReceipt } from '../support/printed-receipts.ts';
import type { Wish } from './cashier.ts';
import type { CameOut, CrashShop } from './crash-shop.ts';
import { recordsOnDisk, salesOf } from './till-disk.ts';

/** The float the session was opened with, in minor units. */
const FLOAT = 10_000;

/** What people know happened at the till. */
export type Known = {
  /** What customers wanted, in their order; each went home with it and paid once. */
  readonly wishes: readonly Wish[];
  /** Receipts the till said were done. */
  readonly told: ReadonlySet<string>;
  /** What the till's own journal shows, oldest first. */
  readonly journal: readonly string[];
};

/** The first prints that came out whole; copies say that they are. */
export function receiptsOnPaper(papers: readonly CameOut[]): PrintedReceipt[] {
  return papers.filter(({ complete }) => complete).flatMap(({ text }) => readReceipt(text) ?? []);
}

/** Which promises are broken now: on the relay's disk, on paper, in the browser and at head office. Nothing when all are kept. */
export async function brokenPromises(shop: CrashShop, known: Known): Promise<string[]> {
  const sales = salesOf(await recordsOnDisk(shop.relayFolder, shop.organization));
  const printed = receiptsOnPaper(shop.papers);
  const numbers = sales.map(({ body }) => body.receipt as string);
  const expected = known.wishes.map((_, n) => `S01-R1-${String(n + 1).padStart(6, '0')}`);
  const paperNumbers = printed.map(({ receipt }) => receipt).sort();
  const broken = [
    ...differ('receipts on the relay’s disk', numbers, expected),
    ...differ(
      'what was sold',
      sales.map(({ body }) => body.lines.map(({ sku }) => sku).join('+')),
      known.wishes.map(({ articles }) => articles.map(({ sku }) => sku).join('+')),
    ),
    ...differ('papers', paperNumbers, expected),
    ...differ('the till’s journal', known.journal, expected),
    ...[...known.told]
      .filter((receipt) => !numbers.includes(receipt))
      .map((receipt) => `${receipt} was told done and is not there`),
  ];
  const total = sum(sales.map(({ body }) => body.total));
  if (total !== sum(printed.map((paper) => paper.total))) broken.push('the papers add up to another total');
  return [...broken, ...(await brokenAtHeadOffice(shop, { printed, total, count: sales.length }))];
}

async function brokenAtHeadOffice(
  shop: CrashShop,
  { printed, total, count }: { printed: readonly PrintedReceipt[]; total: number; count: number },
): Promise<string[]> {
  const x = await json<SessionReport>(`${shop.reports}/x?store=S01&register=R1`);
  const exceptions = await json<{ rows: unknown[] }>(`${shop.reports}/exceptions`);
  const relay = await json<{ disk: string; quarantine?: unknown[] }>(shop.relayStatus);
  const cash = FLOAT + sum(printed.map((paper) => paper.cash));
  return [
    ...differ('head office’s X', [x.sales.count, x.gross, x.drawer.expected], [count, total, cash]),
    ...differ('exceptions', exceptions.rows, []),
    ...differ('the relay', [relay.disk, relay.quarantine ?? []], ['ok', []]),
  ];
}

function differ(what: string, seen: readonly unknown[], expected: readonly unknown[]): string[] {
  const at = Array.from({ length: Math.max(seen.length, expected.length) }, (_, n) => n).find(
    (n) => JSON.stringify(seen[n]) !== JSON.stringify(expected[n]),
  );
  if (at === undefined) return [];
  const of = `${seen.length} of ${expected.length}`;
  return [`${what} (${of}): [${at}] is ${JSON.stringify(seen[at])}, not ${JSON.stringify(expected[at])}`];
}

async function json<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findExceptions } from '#model/folds/exceptions.ts';
import { exceptionId, type ShopException } from '#model/folds/shop-exception.ts';
import { registerId } from '#model/ids/register-id.ts';
import { sha256Text } from '#model/journal/canonical.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { openSession } from '#model/register/commands.ts';
import { newRegister } from '#model/register/register-state.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { refundLine, type Basket, type BasketLine } from '#model/sale/basket.ts';
import type { StockEntry } from '#model/stock/stock-entry.ts';
import { actOf, close, freshRegister, open, play, salesOf, sellExactly } from './support/played-register.ts';
import type { Played, Step } from './support/played-register.ts';
import { ORG, STORE_ID, basket, line } from './support/shop.ts';

const other = (n: number): Played => ({ state: newRegister(ORG, STORE_ID, registerId(n)), records: [] });
const NOTHING = { quantity: '0', amount: 0 };

/** Three apples and a loaf, sold at register 2. */
const SOLD = play([open(), sellExactly(basket([line({}, '3'), line({ id: 'bread' })]), 'cash')]);
const SALE = firstSale(SOLD);

function firstSale({ records }: Played): RecordOf<'sale'> {
  const [sale] = salesOf(records);
  if (!sale) throw new Error('nothing was sold');
  return sale;
}

function takeBack(sale: RecordOf<'sale'>, at: number, quantity: string): BasketLine {
  const made = refundLine(sale.body, at, quantity, NOTHING);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

/** A till that gives money back for lines of the sale by itself, without knowing what others did. */
function refunding(register: number, ...lines: BasketLine[]): Played {
  return play([open(), sellExactly(basket(lines, `back-${register}`), 'cash')], other(register));
}

const kinds = (found: readonly ShopException[]) => found.map(({ kind }) => kind);

function entry(id: string, product: string, quantity: string, hour = 8): StockEntry {
  const at = `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`;
  return { id, product, quantity, kind: 'receipt', at, by: 'ann', reason: '' };
}

describe('[F1] exceptions', () => {
  test('[F1] the id is the SHA-256 of the sorted hashes, one to a line, each once', () => {
    expect(exceptionId(['b', 'a', 'b'])).toBe(sha256Text('a\nb'));
    expect(exceptionId(['a', 'b'])).not.toBe(exceptionId(['ab']));
  });

  test('[F1] a shop where all went well has none', () => {
    const stock = new Map([[STORE_ID, [entry('e1', 'apple', '3')]]]);
    const back = refunding(3, takeBack(SALE, 0, '3'));
    expect(findExceptions({ records: [...SOLD.records, ...back.records], stock })).toEqual([]);
  });

  test('[F1] every replica finds the same, in whatever order and however often records and entries came', () => {
    const records = [
      ...SOLD.records,
      ...refunding(3, takeBack(SALE, 0, '2'), takeBack(SALE, 1, '1')).records,
      ...refunding(4, takeBack(SALE, 0, '2'), takeBack(SALE, 1, '1')).records,
      ...play([sellExactly(basket([line({}, '9')], 'twice'), 'cash')], SOLD).records,
      ...play(
        [
          sellExactly(basket([line()], 'other'), 'cash'),
          sellExactly(basket([line({}, '8')], 'twice'), 'cash'),
          close(),
        ],
        SOLD,
      ).records,
    ];
    const entries = [entry('e1', 'apple', '5'), entry('e2', 'apple', '1', 9), entry('e3', 'bread', '-4')];
    const told = findExceptions({ records, stock: new Map([[STORE_ID, entries]]) });
    expect(kinds(told)).toEqual(['double-refund', 'fork', 'oversold', 'sold-twice']);
    const shuffled = <Fact>(facts: readonly Fact[]) =>
      fc
        .array(fc.constantFrom(...facts), { maxLength: 4 })
        .chain((again) =>
          fc.shuffledSubarray([...facts, ...again], { minLength: facts.length + again.length }),
        );
    fc.assert(
      fc.property(shuffled(records), shuffled(entries), (some, book) => {
        expect(findExceptions({ records: some, stock: new Map([[STORE_ID, book]]) })).toEqual(told);
      }),
    );
  });
});

describe('[F2] double refunds', () => {
  test('[F2] two tills apart take back more than was sold: the sale and both refunds, with the lines', () => {
    const [a, b] = [refunding(3, takeBack(SALE, 0, '2')), refunding(4, takeBack(SALE, 0, '2'))];
    const hashes = [SALE, firstSale(a), firstSale(b)].map(({ hash }) => hash).sort();
    expect(findExceptions({ records: [...SOLD.records, ...a.records, ...b.records] })).toEqual([
      {
        kind: 'double-refund',
        id: exceptionId(hashes),
        store: STORE_ID,
        at: firstSale(a).at,
        receipts: ['S01-R2-000001', 'S01-R3-000001', 'S01-R4-000001'],
        amount: 120,
        lines: [{ receipt: SALE.body.receipt, line: 0 }],
      },
    ]);
  });

  test('[F2] parts that add up to what was sold are none, and neither is a refund of a sale that is not here', () => {
    const [a, b] = [refunding(3, takeBack(SALE, 0, '2')), refunding(4, takeBack(SALE, 0, '1'))];
    expect(findExceptions({ records: [...SOLD.records, ...a.records, ...b.records] })).toEqual([]);
    const twice = [
      ...refunding(3, takeBack(SALE, 0, '3')).records,
      ...refunding(4, takeBack(SALE, 0, '3')).records,
    ];
    expect(findExceptions({ records: twice })).toEqual([]);
  });

  test('[F2] a void here and a refund there take the same back', () => {
    const reversal: Step = (state, act) =>
      voidSale(state, { sale: SALE, later: [], reason: 'wrong price', basket: 'void-1' }, act);
    const voided = play([reversal], SOLD);
    const back = refunding(3, takeBack(SALE, 1, '1'));
    const found = findExceptions({ records: [...voided.records, ...back.records] });
    expect(found).toMatchObject([{ kind: 'double-refund', lines: [{ line: 1 }] }]);
  });

  test('[F2] lines that the same receipts took back are one exception, lines of others another', () => {
    const [a, b] = [3, 4].map((n) => refunding(n, takeBack(SALE, 0, '3'), takeBack(SALE, 1, '1')));
    const records = [...SOLD.records, ...(a?.records ?? []), ...(b?.records ?? [])];
    expect(findExceptions({ records })).toMatchObject([{ lines: [{ line: 0 }, { line: 1 }] }]);
    const third = refunding(5, takeBack(SALE, 1, '1'));
    expect(findExceptions({ records: [...records, ...third.records] })).toHaveLength(2);
  });
});

describe('[F3] baskets sold twice', () => {
  const twin = (n: number) => play([open(), sellExactly(basket([line()], 'parked'), 'cash')], other(n));

  test('[F3] one basket on two receipts', () => {
    const [a, b] = [twin(3), twin(4)];
    const hashes = [firstSale(a), firstSale(b)].map(({ hash }) => hash).sort();
    expect(findExceptions({ records: [...b.records, ...a.records] })).toEqual([
      {
        kind: 'sold-twice',
        id: exceptionId(hashes),
        store: STORE_ID,
        at: firstSale(a).at,
        receipts: ['S01-R3-000001', 'S01-R4-000001'],
        amount: 120,
        basket: 'parked',
      },
    ]);
  });

  test('[F3] voiding one of them settles it', () => {
    const [a, b] = [twin(3), twin(4)];
    const reversal: Step = (state, act) =>
      voidSale(state, { sale: firstSale(a), later: [], reason: 'sold twice', basket: 'void-1' }, act);
    expect(findExceptions({ records: [...play([reversal], a).records, ...b.records] })).toEqual([]);
  });
});

describe('[F4] overselling', () => {
  const book = (...entries: StockEntry[]) => new Map([[STORE_ID, entries]]);
  const selling = (...quantities: string[]): Played =>
    play([open(), ...quantities.map((n) => sellExactly(basket([line({}, n)], `b-${n}`), 'cash'))]);

  test('[F4] the sale with which it fell below zero, and that one only', () => {
    const { records } = selling('2', '3', '4');
    const [, crossing] = salesOf(records);
    expect(findExceptions({ records, stock: book(entry('e1', 'apple', '4')) })).toEqual([
      {
        kind: 'oversold',
        id: exceptionId([crossing?.hash ?? '']),
        store: STORE_ID,
        at: crossing?.at,
        receipts: [crossing?.body.receipt],
        products: ['apple'],
      },
    ]);
  });

  test('[F4] a delivery that comes later lifts it; what nobody booked in and what an entry took away is no overselling', () => {
    const { records } = selling('2', '3');
    expect(
      findExceptions({ records, stock: book(entry('e1', 'apple', '1'), entry('e2', 'apple', '4', 23)) }),
    ).toEqual([]);
    expect(findExceptions({ records, stock: book(entry('e1', 'bread', '1')) })).toEqual([]);
    expect(findExceptions({ records, stock: book(entry('e1', 'apple', '-1', 1)) })).toEqual([]);
  });

  test('[F4] a receipt that oversells two products is one exception, and sales of another store are none', () => {
    const both: Basket = basket([line({}, '2'), line({ id: 'bread' }, '2')]);
    const { records } = play([open(), sellExactly(both, 'cash')]);
    const entries = [entry('e1', 'apple', '1'), entry('e2', 'bread', '1')];
    const found = findExceptions({ records, stock: book(...entries) });
    expect(found).toMatchObject([{ products: ['apple', 'bread'] }]);
    expect(findExceptions({ records, stock: new Map([['S02', entries]]) })).toEqual([]);
  });

  test('[F4, K5] a kit oversells its components, and what fills an account no goods', () => {
    const components = [
      { product: 'apple', quantity: '2' },
      { product: 'bread', quantity: '0.5' },
    ];
    const kit = { ...line({ id: 'basket-kit' }, '3'), components };
    const { records } = play([open(), sellExactly(basket([kit]), 'cash')]);
    const entries = [entry('e1', 'apple', '5'), entry('e2', 'bread', '1.5'), entry('e3', 'basket-kit', '1')];
    expect(findExceptions({ records, stock: book(...entries) })).toMatchObject([{ products: ['apple'] }]);
    const [, sale] = records;
    if (sale?.kind !== 'sale') throw new Error('nothing was sold');
    const lines = sale.body.lines.map((each) => ({
      ...each,
      account: { ledger: 'gift-card' as const, id: 'GC1' },
    }));
    const filled = { ...sale, body: { ...sale.body, lines } };
    expect(findExceptions({ records: [filled], stock: book(...entries) })).toEqual([]);
  });

  test('[F4] two entries under one id count once, the same one in either order', () => {
    const { records } = selling('2');
    const entries = [entry('e1', 'apple', '1'), entry('e1', 'apple', '5')];
    const found = findExceptions({ records, stock: book(...entries) });
    expect(findExceptions({ records, stock: book(...entries.toReversed()) })).toEqual(found);
    expect(kinds(found)).toEqual(['oversold']);
  });
});

describe('[F5] forks', () => {
  test('[F5] a session that went on on two machines is one fork, where it parts', () => {
    const a = play(
      [sellExactly(basket([line()], 'a1'), 'cash'), sellExactly(basket([line()], 'a2'), 'cash')],
      SOLD,
    );
    const b = play(
      [sellExactly(basket([line()], 'b1'), 'card'), sellExactly(basket([line()], 'b2'), 'card')],
      SOLD,
    );
    const parted = [a, b].map(({ records }) => records[2]?.hash ?? '').sort();
    expect(findExceptions({ records: [...a.records, ...b.records] })).toMatchObject([
      { kind: 'fork', id: exceptionId(parted), receipts: ['S01-R2-000002'], register: 'S01-R2', seq: 3 },
    ]);
  });

  test('[F5] one session opened on two machines is a fork of the openings', () => {
    const opening = (float: number): JournalRecord => {
      const args = { day: '2026-11-21', currency: 'GBP', float };
      const made = openSession(freshRegister().state, args, actOf(1));
      if (!made.ok) throw new Error(made.error.code);
      return made.value;
    };
    const found = findExceptions({ records: [opening(100), opening(200)] });
    expect(found).toMatchObject([{ kind: 'fork', seq: 1 }]);
    expect(findExceptions({ records: [opening(100), opening(100)] })).toEqual([]);
  });

  test('[F5] a branch that parts once more is a second fork, and one whose beginning is not here is told where it is seen', () => {
    const branch = (id: string, from: Played) => play([sellExactly(basket([line()], id), 'cash')], from);
    const [a, b] = [branch('a1', SOLD), branch('b1', SOLD)];
    const [aa, ab, bb] = [branch('aa', a), branch('ab', a), branch('bb', b)];
    const all = [aa, ab, bb].flatMap(({ records }) => records);
    const idOf = (...parted: readonly Played[]) =>
      exceptionId(parted.map(({ records }) => records.at(-1)?.hash ?? ''));
    const found = findExceptions({ records: all });
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([idOf(a, b), idOf(aa, ab)]));
    const late = all.filter(({ seq }) => seq > 3);
    expect(findExceptions({ records: late })).toMatchObject([{ kind: 'fork', seq: 4, id: idOf(aa, ab, bb) }]);
  });

  test('[F2] [F5] of two sales with one number each may come back once', () => {
    const sellOne = (id: string): Played => play([sellExactly(basket([line()], id), 'cash')], play([open()]));
    const [a, b] = [sellOne('a'), sellOne('b')];
    const backs = [3, 4].map((n) => refunding(n, takeBack(firstSale(a), 0, '1')));
    const records = [...a.records, ...b.records, ...backs.flatMap((played) => played.records)];
    expect(kinds(findExceptions({ records }))).toEqual(['fork']);
    const third = refunding(5, takeBack(firstSale(b), 0, '1'));
    expect(kinds(findExceptions({ records: [...records, ...third.records] }))).toEqual([
      'double-refund',
      'fork',
    ]);
  });
});

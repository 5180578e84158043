import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import type { Store } from '#model/documents/organization.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { displayWidth } from '#model/receipt/display-width.ts';
import { labelsOf, type Language } from '#model/receipt/labels.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { paperSchema, type Paper, type PaperLine } from '#model/receipt/paper.ts';
import { reportPaper } from '#model/receipt/report-paper.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { refundLine } from '#model/sale/basket.ts';
import {
  drawer,
  open,
  pay,
  play,
  reprint,
  salesOf,
  sell,
  sellExactly,
  close,
  type Played,
} from './support/played-register.ts';
import { ORGANIZATION, STORE, TIENDA, basket, card, cash, line } from './support/shop.ts';

const SHOPS: Record<Language, Store> = { en: STORE, es: TIENDA };
const CURRENCIES: Record<Language, string> = { en: 'GBP', es: 'EUR' };
const LANGUAGES: readonly Language[] = ['en', 'es'];

/** A shift that shows every kind of line a paper can have. */
function shift(): Played {
  const sold = play([
    open(),
    sell(
      basket([
        line({}, '3'),
        line(
          { id: 'nails', name: 'Round wire nails, galvanised, 2.8 × 65 mm, sold by weight', price: '4.5' },
          '0.345',
        ),
        line({ id: 'bread', name: 'Sourdough loaf', price: '2.95', department: 'food', taxes: ['reduced'] }),
        line({ id: 'stamp', name: 'Stamps', price: '1250', taxes: [] }),
      ]),
      [card(100_000), cash(30_000)],
    ),
    sellExactly(
      basket([line({ id: 'lamp', name: 'Lamp', price: '40', taxes: ['gst', 'qst'] }, '2')]),
      'card',
    ),
  ]);
  const [first] = salesOf(sold.records);
  const back = first && refundLine(first.body, 0, '1', { quantity: '0', amount: 0 });
  if (!first || !back?.ok) throw new Error('not taken back');
  const lamp = line({ id: 'lamp', name: 'Lamp', price: '40', taxes: ['gst'] });
  return play(
    [
      sell(basket([back.value]), [cash(-120)]),
      sell(basket([lamp, back.value]), [cash(5000)]),
      reprint(first.body.receipt, 1),
      pay('in', 2000),
      pay('out', 750),
      drawer,
    ],
    sold,
  );
}

const X = shift();
const Z = play([close(-25)], X);
const SALES = salesOf(X.records);

function receipt(index: number, language: Language, more: { copy?: number; copyMark?: string } = {}): Paper {
  const record = SALES[index];
  if (!record) throw new Error(`no sale ${index}`);
  return salePaper({
    record,
    organization: { currency: CURRENCIES[language] },
    store: SHOPS[language],
    personName: 'Ann',
    language,
    ...more,
  });
}

function report({ state }: Played, language: Language): Paper {
  if (!state.report) throw new Error('no session');
  return reportPaper({
    report: state.report,
    perpetual: state.head.totals,
    organization: { currency: CURRENCIES[language] },
    store: SHOPS[language],
    personName: () => 'Ann',
    departmentName: (id) => ({ drinks: 'Drinks', food: 'Food' })[id] ?? id,
    language,
    at: '2026-11-21T17:30:00.000Z',
  });
}

const text = (paper: Paper, columns = 42) => `${paperText(paper, columns).join('\n')}\n`;
const golden = (name: string, language: Language) => `../fixtures/model/${name}.${language}.txt`;

describe.each(LANGUAGES)('papers in %s', (language) => {
  test.each([
    ['sale', 0],
    ['sale-tax-on-top', 1],
    ['refund', 2],
    ['exchange', 3],
  ])('[P6] a %s looks as drawn', async (name, index) => {
    await expect(text(receipt(index, language))).toMatchFileSnapshot(golden(name, language));
  });

  test('[Z1] an X report looks as drawn', async () => {
    await expect(text(report(X, language))).toMatchFileSnapshot(golden('x-report', language));
  });

  test('[Z5] a Z report looks as drawn', async () => {
    await expect(text(report(Z, language))).toMatchFileSnapshot(golden('z-report', language));
  });

  test('[P1] every paper is one the bridge takes, and no line is wider than the paper', () => {
    const papers = [
      ...[0, 1, 2, 3].map((i) => receipt(i, language, { copy: 1 })),
      report(X, language),
      report(Z, language),
    ];
    for (const paper of papers) {
      expect(v.safeParse(paperSchema, paper).issues).toBeUndefined();
      for (const columns of [32, 42, 48]) {
        const widest = Math.max(...paperText(paper, columns).map(displayWidth));
        expect(widest).toBeLessThanOrEqual(columns);
      }
    }
  });
});

describe('receipts', () => {
  test('[P5] the same record gives the same paper', () => {
    expect(receipt(0, 'en')).toStrictEqual(receipt(0, 'en'));
  });

  test('[P5] times are those of the store, numbers those of its locale', () => {
    const summer = SALES[0] && { ...SALES[0], at: '2026-07-01T23:30:00.000Z' };
    const paperIn = (store: Store) =>
      summer
        ? text(
            salePaper({
              record: summer,
              organization: ORGANIZATION,
              store,
              personName: 'Ann',
              language: 'en',
            }),
          )
        : '';
    expect(paperIn(STORE)).toContain('02/07/2026, 00:30');
    expect(paperIn(STORE)).toContain('1,250.00');
    expect(paperIn({ ...STORE, timeZone: 'America/New_York', locale: 'en-US' })).toContain(
      '07/01/2026, 07:30 PM',
    );
    expect(paperIn({ ...STORE, locale: 'de-DE' })).toContain('1.250,00');
  });

  test('[P6] a copy says so at its head and its foot, with its number', () => {
    const marks = (paper: Paper) =>
      paper.lines.filter((one) => one.kind === 'text' && /^(COPY|COPIA|DUPLICATA)/.test(one.text));
    expect(marks(receipt(0, 'en'))).toStrictEqual([]);
    expect(marks(receipt(0, 'en', { copy: 2 })).map((one) => one.kind === 'text' && one.text)).toStrictEqual([
      'COPY 2',
      'COPY 2',
    ]);
    expect(text(receipt(0, 'es', { copy: 1 }))).toContain('C O P I A   1');
    expect(text(receipt(0, 'en', { copy: 1, copyMark: 'DUPLICATA' }))).toContain('D U P L I C A T A   1');
  });

  test('[P6] a line taken back names the receipt it came from', () => {
    for (const index of [2, 3]) {
      const shown = text(receipt(index, 'en'));
      expect(shown).toContain('RETURN Apple juice 1 l');
      expect(shown).toContain('-1 × 1.20  S01-R2-000001');
    }
  });

  test('[P6] a line taken back without its receipt is marked too', () => {
    const [sale] = SALES;
    const sold = sale?.body.lines[0];
    if (!sale || !sold) throw new Error('no sale');
    const record: RecordOf<'sale'> = {
      ...sale,
      body: { ...sale.body, lines: [{ ...sold, quantity: '-1', amount: -120 }] },
    };
    const shown = text(
      salePaper({ record, organization: ORGANIZATION, store: STORE, personName: 'Ann', language: 'en' }),
    );
    expect(shown).toContain('RETURN Apple juice 1 l               -1.20\n  -1 × 1.20\n');
  });

  test('[P6] the barcode is the receipt number', () => {
    expect(receipt(0, 'en').lines.at(-1)).toStrictEqual({
      kind: 'barcode',
      symbology: 'code128',
      data: 'S01-R2-000001',
    });
  });

  test('[P6] a receipt of 2,000 returned lines is still one paper the bridge takes', () => {
    const [sale] = SALES;
    const [, , refund] = SALES;
    const back = refund?.body.lines[0];
    if (!sale || !back) throw new Error('no refund');
    const record: RecordOf<'sale'> = {
      ...sale,
      body: { ...sale.body, lines: Array.from({ length: 2000 }, () => back) },
    };
    const paper = salePaper({
      record,
      organization: ORGANIZATION,
      store: STORE,
      personName: 'Ann',
      language: 'en',
    });
    expect(v.safeParse(paperSchema, paper).issues).toBeUndefined();
  });

  test('[P5] every word of a paper exists in both languages', () => {
    const [en, es] = LANGUAGES.map(labelsOf);
    expect(Object.keys(es ?? {}).sort()).toStrictEqual(Object.keys(en ?? {}).sort());
    expect(Object.values(es ?? {})).not.toContain('');
  });
});

describe('a paper as text', () => {
  const shown = (lines: PaperLine[], columns: number) =>
    paperText({ title: 't', language: 'en', lines }, columns);

  test('[P1] an amount is never cut: a long description wraps beside it', () => {
    expect(
      shown([{ kind: 'columns', left: 'Round wire nails, galvanised', right: '1,250.00' }], 24),
    ).toStrictEqual(['Round wire', 'nails,', 'galvanised      1,250.00']);
    expect(shown([{ kind: 'columns', left: 'Galvanised', right: '1,250,000.00 EUR' }], 20)).toStrictEqual([
      'Galvanised',
      '    1,250,000.00 EUR',
    ]);
  });

  test('[P1] a word wider than the paper is broken, nothing is lost', () => {
    expect(shown([{ kind: 'text', text: 'abcdefghijklmnopqrstuvwxyz' }], 10)).toStrictEqual([
      'abcdefghij',
      'klmnopqrst',
      'uvwxyz',
    ]);
  });

  test('[P1] wide characters take two columns, marks none', () => {
    expect([
      displayWidth('りんご'),
      displayWidth('Cafe\u0301'),
      displayWidth('👨‍👩‍👧'),
      displayWidth('Straße'),
    ]).toStrictEqual([6, 4, 2, 6]);
    expect(shown([{ kind: 'columns', left: 'りんごジュース', right: '120' }], 18)).toStrictEqual([
      'りんごジュース 120',
    ]);
    expect(shown([{ kind: 'text', text: 'りんごジュース' }], 7)).toStrictEqual(['りんご', 'ジュー', 'ス']);
  });

  test('[P1] alignment, double size, rules, feeds and codes', () => {
    const lines: PaperLine[] = [
      { kind: 'text', text: 'ab', align: 'center' },
      { kind: 'text', text: 'ab', align: 'right' },
      { kind: 'text', text: 'ab', align: 'right', size: 'double' },
      { kind: 'rule' },
      { kind: 'feed', lines: 2 },
      { kind: 'barcode', symbology: 'ean13', data: '4006381333931' },
      { kind: 'qr', data: 'https://example.org' },
    ];
    expect(shown(lines, 24)).toStrictEqual([
      '           ab',
      '                      ab',
      '                    a b',
      '-'.repeat(24),
      '',
      '',
      ' ||| 4006381333931 |||',
      '[QR https://example.org]',
    ]);
  });
});

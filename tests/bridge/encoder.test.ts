import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Paper, PaperLine } from '#model/receipt/paper.ts';
import { drawerPulse, realTimeDrawerPulse } from '../../hardware-bridge/drawer.ts';
import { encodePaper } from '../../hardware-bridge/encoder.ts';
import {
  EscPosInterpreter,
  type PrinterAct,
} from '../../hardware-bridge/virtual-printer/escpos-interpreter.ts';
import { tokensOf } from './support/npos-tokens.ts';
import { fullReceipt, paper, profile } from './support/papers.ts';

const ALLOWED = new Set([
  'text',
  'ESC @',
  'ESC t',
  'ESC p',
  'ESC a',
  'ESC E',
  'ESC d',
  'GS !',
  'GS H',
  'GS f',
  'GS w',
  'GS h',
  'GS k',
  'GS (k',
  'GS V',
]);

function encode(document: Paper, columns = 42, openDrawer = false): Buffer {
  const encoded = encodePaper(document, profile({ columns, dots: columns * 12 }), { openDrawer });
  if (!encoded.ok) throw new Error(encoded.error);
  return encoded.value.bytes;
}

function interpret(bytes: Buffer, columns: number): PrinterAct[] {
  const interpreter = new EscPosInterpreter(columns);
  return [...bytes].flatMap((byte) => interpreter.push(byte));
}

function textRows(bytes: Buffer, columns: number): string[] {
  return interpret(bytes, columns).flatMap((act) =>
    act.kind === 'line' && act.line.kind === 'text' ? [act.line.runs.map((run) => run.text).join('')] : [],
  );
}

describe('the bytes of a paper', () => {
  it.each([32, 42, 48])('are what they were when they were last looked at on %i columns', async (columns) => {
    const golden = new URL(`golden/receipt-${columns}.hex`, import.meta.url);
    const hex = encode(fullReceipt(), columns, true).toString('hex').replace(/.{80}/g, '$&\n');
    await expect(`${hex}\n`).toMatchFileSnapshot(golden.pathname);
  });

  it.each([32, 42, 48])(
    'are understood to the last one by an independent parser on %i columns',
    (columns) => {
      const names = tokensOf(encode(fullReceipt(), columns, true)).map((token) => token.name);
      expect(names.filter((name) => !ALLOWED.has(name))).toEqual([]);
      expect(names.slice(0, 3)).toEqual(['ESC @', 'ESC t', 'ESC p']);
      expect(names.filter((name) => name === 'GS V')).toHaveLength(1);
    },
  );

  it('open the drawer with one whole five-byte pulse, on the pin it hangs on', () => {
    const pulses = (pin: 2 | 5) => {
      const encoded = encodePaper(fullReceipt(), profile({ drawerPin: pin }), { openDrawer: true });
      return encoded.ok ? tokensOf(encoded.value.bytes).filter((token) => token.name === 'ESC p') : [];
    };
    expect(pulses(2).map((token) => token.bytes.toString('hex'))).toEqual(['1b700019fa']);
    expect(pulses(5).map((token) => token.bytes.toString('hex'))).toEqual(['1b700119fa']);
  });

  it('[R14] open the second drawer on the pin the first does not hang on', () => {
    const hex = (pin: 2 | 5, drawer?: 2) => drawerPulse({ drawerPin: pin }, drawer).toString('hex');
    expect([hex(2), hex(2, 2), hex(5), hex(5, 2)]).toEqual([
      '1b700019fa',
      '1b700119fa',
      '1b700119fa',
      '1b700019fa',
    ]);
    expect(realTimeDrawerPulse({ drawerPin: 2 }, 2).toString('hex')).toBe('1014010101');
  });

  it('leave the drawer shut when nobody asked', () => {
    expect(tokensOf(encode(fullReceipt())).filter((token) => token.name === 'ESC p')).toEqual([]);
  });

  it('choose Windows-1252 after every initialisation, so that the euro sign is one on every copy', () => {
    const bytes = encode(paper({ kind: 'text', text: '5 € é ß' }));
    const rows = textRows(Buffer.concat([bytes, bytes]), 42);
    expect(rows).toEqual(['5 € é ß', '5 € é ß']);
  });

  it('feed four lines before the knife', () => {
    const tokens = tokensOf(encode(paper({ kind: 'text', text: 'x' })));
    expect(tokens.filter((token) => token.name === 'ESC d').map((token) => token.bytes[2])).toEqual([4]);
  });

  it('set double size in width and height, and back', () => {
    const sizes = tokensOf(encode(paper({ kind: 'text', text: 'x', size: 'double' })));
    expect(
      sizes.filter((token) => token.name === 'GS !').map((token) => token.bytes.toString('hex')),
    ).toEqual(['1d2111', '1d2100']);
  });

  it('keep 5,000 lines together', () => {
    const lines = Array.from({ length: 5000 }, (_, index): PaperLine => ({
      kind: 'columns',
      left: 'line',
      right: String(index),
    }));
    expect(textRows(encode(paper(...lines)), 42).at(-1)).toMatch(/^line {34}4999$/);
  });
});

describe('codes', () => {
  it('print as the codes that were asked for', () => {
    const acts = interpret(encode(fullReceipt()), 42).flatMap((act) =>
      act.kind === 'line' ? [act.line] : [],
    );
    expect(acts.find((line) => line.kind === 'qr')).toMatchObject({
      data: 'https://tillmesh.example/r/S01-R2-000123',
      level: 'M',
    });
    expect(acts.filter((line) => line.kind === 'barcode').map((line) => [line.symbology, line.data])).toEqual(
      [
        ['code128', 'S01-R2-000123'],
        ['ean13', '4006381333931'],
      ],
    );
  });

  it('keep braces, which would otherwise switch the code set', () => {
    const [line] = interpret(
      encode(paper({ kind: 'barcode', symbology: 'code128', data: 'a{Bc' })),
      42,
    ).flatMap((act) => (act.kind === 'line' ? [act.line] : []));
    expect(line).toMatchObject({ kind: 'barcode', data: 'a{Bc' });
  });

  it('print as text when the paper is too narrow for them', () => {
    const data = 'A'.repeat(40);
    expect(
      textRows(encode(paper({ kind: 'barcode', symbology: 'code128', data }), 32), 48).join(''),
    ).toContain(data);
  });

  it('are refused with a sentence when the check digit is wrong', () => {
    const encoded = encodePaper(
      paper({ kind: 'rule' }, { kind: 'barcode', symbology: 'ean13', data: '4006381333932' }),
      profile(),
      {
        openDrawer: false,
      },
    );
    expect(encoded).toEqual({
      ok: false,
      error:
        'Line 2 of the paper cannot be printed: "4006381333932" is not an EAN-13: its last digit should be 1.',
    });
  });
});

describe('any text at all', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.string({ unit: 'grapheme', maxLength: 120 }),
    fc.string({
      unit: fc.constantFrom(
        '\u001b',
        'p',
        '\0',
        '\u0010',
        '\u0004',
        '\u0014',
        '\u001d',
        'V',
        ' ',
        'a',
        '\n',
        '\u009b',
      ),
      maxLength: 60,
    }),
  );
  const style = { bold: fc.boolean(), size: fc.constantFrom('normal' as const, 'double' as const) };
  const anyLine = fc.oneof(
    fc.record({
      kind: fc.constant('text' as const),
      text: anyText,
      align: fc.constantFrom('left' as const, 'center' as const, 'right' as const),
      ...style,
    }),
    fc.record({ kind: fc.constant('columns' as const), left: anyText, right: anyText, ...style }),
  );
  const seed = Math.floor(Math.random() * 2 ** 31);

  it(`sends no control byte but line feeds, opens no drawer and stays within the paper (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(32, 42, 48),
        (lines, columns) => {
          const bytes = encode(paper(...lines), columns);
          const tokens = tokensOf(bytes);
          const text = tokens.filter((token) => token.name === 'text').flatMap((token) => [...token.bytes]);
          expect(text.filter((byte) => (byte < 0x20 && byte !== 0x0a) || byte === 0x7f)).toEqual([]);
          expect(tokens.filter((token) => token.name === 'ESC p')).toEqual([]);
          expect(tokens.filter((token) => token.name === 'GS V')).toHaveLength(1);
          const acts = interpret(bytes, columns);
          expect(acts.filter((act) => act.kind === 'note' || act.kind === 'drawer')).toEqual([]);
          expect(widest(acts)).toBeLessThanOrEqual(columns);
          // Every row ends with its own line feed: the print head never had to wrap.
          expect(acts.filter((act) => act.kind === 'line' && act.line.kind === 'text')).toHaveLength(
            text.filter((byte) => byte === 0x0a).length,
          );
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});

function widest(acts: readonly PrinterAct[]): number {
  const widths = acts.flatMap((act) =>
    act.kind === 'line' && act.line.kind === 'text'
      ? [act.line.runs.reduce((sum, run) => sum + [...run.text].length * run.width, 0)]
      : [],
  );
  return Math.max(0, ...widths);
}

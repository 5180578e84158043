import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readingOf, SignalParser, type PrinterSignal } from '../../hardware-bridge/status-bytes.ts';

describe('what a printer reads like', () => {
  it.each([
    ['ready', [0x12, 0x12, 0x12, 0x12], { state: 'ready', paperNearEnd: false }],
    ['ready with an open drawer', [0x16, 0x12, 0x12, 0x12], { state: 'ready', paperNearEnd: false }],
    ['near the end of its roll', [0x12, 0x12, 0x12, 0x1e], { state: 'ready', paperNearEnd: true }],
    ['out of paper', [0x1a, 0x32, 0x12, 0x7e], { state: 'paper-out', paperNearEnd: true }],
    ['with an open cover', [0x1a, 0x16, 0x12, 0x12], { state: 'cover-open', paperNearEnd: false }],
    [
      'open and empty: the cover comes first',
      [0x1a, 0x36, 0x12, 0x7e],
      { state: 'cover-open', paperNearEnd: true },
    ],
    ['with a jammed knife', [0x1a, 0x52, 0x1a, 0x12], { state: 'error', paperNearEnd: false }],
    ['off-line for no reason it tells', [0x1a, null, null, null], { state: 'error', paperNearEnd: false }],
    ['fine as far as it answered', [0x12, null, null, null], { state: 'ready', paperNearEnd: false }],
  ] as const)('%s', (_what, answers, reading) => {
    expect(readingOf(answers)).toEqual(reading);
  });
});

describe('answers on the wire', () => {
  const stream = [
    0x12, 0x10, 0x00, 0x00, 0x00, 0x00, 0x37, 0x22, 0x30, 0x30, 0x30, 0x31, 0x00, 0x0c, 0x11, 0x13, 0x03,
  ];
  const signals: PrinterSignal[] = [
    { kind: 'status', byte: 0x12 },
    { kind: 'done', paperOut: false, paperNearEnd: false },
    { kind: 'process', id: '0001' },
    { kind: 'done', paperOut: true, paperNearEnd: false },
    { kind: 'done', paperOut: false, paperNearEnd: true },
  ];

  it('are told apart: status, unasked reports, confirmations, process ids, flow control', () => {
    expect(new SignalParser().push(Uint8Array.from(stream))).toEqual(signals);
  });

  it('mean the same however the network cuts them up', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 20, maxLength: 20 }), (sizes) => {
        const parser = new SignalParser();
        const found: PrinterSignal[] = [];
        let at = 0;
        for (const size of sizes) {
          found.push(...parser.push(Uint8Array.from(stream.slice(at, at + size))));
          at += size;
        }
        expect(found).toEqual(signals);
      }),
      { seed: 7 },
    );
  });
});

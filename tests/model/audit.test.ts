import { describe, expect, test } from 'vitest';
import { auditChange, auditKey, readAuditEntry, type AuditEntry } from '#model/audit/audit-entry.ts';
import { ACT_KINDS, sensitiveAct } from '#model/audit/sensitive-act.ts';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import { readStaffEntry } from '#model/documents/staff.ts';
import { refundLine } from '#model/sale/basket.ts';
import { close, drawer, open, pay, play, reprint, salesOf, sellExactly } from './support/played-register.ts';
import { basket, line } from './support/shop.ts';

const entry: AuditEntry = {
  id: '0123456789abcdef',
  at: '2026-11-21T09:00:00.000Z',
  by: 'mia',
  what: 'person.edit',
  subject: 'ana',
  details: { name: 'Ana María' },
};

describe('[A1] sensitive acts of the journal', () => {
  const sold = play([open(), sellExactly(basket([line({}, '3')]), 'cash')]);
  const [sale] = salesOf(sold.records);
  if (!sale) throw new Error('nothing was sold');
  const back = refundLine(sale.body, 0, '1', { quantity: '0', amount: 0 });
  if (!back.ok) throw new Error(JSON.stringify(back.error));
  const blind = { ...line({}, '-1') };

  test('[A1] everyday work is none', () => {
    const { records } = play([close()], sold);
    expect(records.map(sensitiveAct)).toEqual([undefined, undefined, undefined]);
  });

  test('[A1] a refund, an exchange and a refund without receipt are told apart', () => {
    const acts = [[back.value], [line(), back.value], [blind], [line({}, '5'), blind, back.value]].map(
      (lines) => {
        const record = play([sellExactly(basket(lines, 'b2'), 'cash')], sold).records.at(-1);
        return record && sensitiveAct(record);
      },
    );
    expect(acts.map((act) => act?.kind)).toEqual([
      'refund',
      'exchange',
      'refund-without-receipt',
      'refund-without-receipt',
    ]);
    expect(acts[0]).toMatchObject({ subject: 'S01-R2-000002', amount: back.value.amount });
  });

  test('[A1] drawer, cash, copies and a close with a difference say why and how much', () => {
    const steps = [drawer, pay('in', 500), pay('out', 700), reprint(sale.body.receipt, 1), close(-250)];
    const acts = play(steps, sold).records.slice(sold.records.length).map(sensitiveAct);
    expect(acts).toEqual([
      { kind: 'drawer', reason: 'change for a note' },
      { kind: 'paid-in', amount: 500, reason: 'window cleaner' },
      { kind: 'paid-out', amount: -700, reason: 'window cleaner' },
      { kind: 'reprint', subject: sale.body.receipt },
      { kind: 'close-difference', amount: -250, reason: 'miscounted' },
    ]);
  });

  test('[A1] whatever somebody approved is one, under its own kind where it has one', () => {
    const [opened] = sold.records;
    const drawn = play([drawer], sold).records.at(-1);
    if (!opened || !drawn) throw new Error('nothing was recorded');
    const kinds = [opened, sale, drawn].map((record) => sensitiveAct({ ...record, approvedBy: 'mia' })?.kind);
    expect(kinds).toEqual(['approved', 'approved', 'drawer']);
    expect(kinds.every((kind) => kind !== undefined && ACT_KINDS.includes(kind))).toBe(true);
  });

  test('[A1, C10] an article the catalog does not know is one when somebody approved it, and no other', () => {
    const quick = { ...line({ id: 'quick-1', name: 'Candle' }, '2'), quick: { barcode: '123', by: 'ana' } };
    const approved = { ...quick, quick: { ...quick.quick, approvedBy: 'mia' } };
    const act = (...lines: (typeof quick)[]) => {
      const record = play([sellExactly(basket([line(), ...lines], 'q'), 'cash')], sold).records.at(-1);
      return record && sensitiveAct(record);
    };
    expect(act(quick)).toBeUndefined();
    expect(act(quick, approved)).toMatchObject({
      kind: 'approved',
      subject: 'S01-R2-000002',
      amount: 2 * Math.round(Number(quick.price) * 100),
      reason: 'Candle',
      approvedBy: 'mia',
    });
  });
});

describe('audit entries of the office', () => {
  const [[key, text] = ['', '']] = Object.entries(auditChange(entry));

  test('[A2] are written under their moment and id, and read back from either document', () => {
    expect(key).toBe('audit:2026-11-21T09:00:00.000Z:0123456789abcdef');
    expect(text).not.toContain('0123456789abcdef');
    expect(readOrganizationEntry(key, text)).toEqual({ ok: true, value: { kind: 'audit', value: entry } });
    expect(readStaffEntry(key, text)).toEqual({ ok: true, value: { kind: 'audit', value: entry } });
  });

  test.each([
    auditKey({ ...entry, at: '2026-11-21T09:00:00.001Z' }),
    'audit:2026-11-21T09:00:00.000Z:short',
    'audit:2026-11-21T09:00:00.000Z',
  ])('[A2] %s is not the key of another moment or id', (wrong) => {
    expect(readAuditEntry(wrong, text)).toMatchObject({
      ok: false,
      error: { code: 'bad-shape', key: wrong },
    });
  });

  test('[A2] acts of a newer office are read, texts that are no acts are refused', () => {
    const read = (change: object) => readAuditEntry(key, JSON.stringify({ ...JSON.parse(text), ...change }));
    expect(read({ what: 'special.edit' }).ok).toBe(true);
    expect(read({ what: 'Deleted' }).ok).toBe(false);
    expect(read({ more: 1 }).ok).toBe(false);
    expect(read({ by: '' }).ok).toBe(false);
  });
});

test('[S4] the staff document has people under their own ids and audit entries, nothing else', () => {
  expect(readStaffEntry('role:x', '{}')).toMatchObject({ ok: false, error: { code: 'unknown-key' } });
  const person = {
    id: 'ana',
    name: 'Ana',
    role: 'cashier',
    language: 'en',
    stores: [],
    active: true,
    pin: { salt: 'a'.repeat(16), hash: 'b'.repeat(43) },
  };
  expect(readStaffEntry('person:ana', JSON.stringify(person)).ok).toBe(true);
  expect(readStaffEntry('person:luis', JSON.stringify(person))).toMatchObject({
    ok: false,
    error: { code: 'wrong-key' },
  });
});

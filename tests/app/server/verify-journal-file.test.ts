import { describe, expect, test } from 'vitest';
import { recordText } from '#model/journal/chain.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { headerLine } from '../../../app/server/export-journal/export-lines.ts';
import {
  HEADER,
  NAME,
  chainOf,
  exportText,
  firstFault,
  sealedText,
  signedChain,
  verdictOn,
  verdictOnRecords,
} from '../../support/exported-journal.ts';

const RECORDS = chainOf();
const TEXTS = RECORDS.map(recordText);

const unsignedAt = (records: readonly JournalRecord[], index: number) =>
  records.map((record, i) => (i === index ? { ...record, sig: '' } : record));

describe('signatures', () => {
  test('[J8] of a device of the file are checked and counted', async () => {
    const { records, device } = signedChain();
    const verdict = await verdictOnRecords([device, ...unsignedAt(records, 3)]);
    expect(firstFault(verdict)).toBe('valid');
    expect(verdict.devices).toEqual(['0123456789abcdef']);
    expect(verdict.registers[0]).toMatchObject({ signed: 9, unsigned: 1, unknownSignatures: 0 });
  });

  test('[J14] without a key in the file are counted as not checked', async () => {
    const verdict = await verdictOnRecords(signedChain().records);
    expect(verdict.registers[0]).toMatchObject({
      valid: true,
      signed: 0,
      unsigned: 0,
      unknownSignatures: 10,
    });
  });

  test('[J14] of a stranger, or of another record, are found', async () => {
    const [ours, theirs] = [signedChain(), signedChain()];
    const stranger = ours.records.map((record, i) => (i === 4 ? (theirs.records[4] ?? record) : record));
    expect(firstFault(await verdictOnRecords([ours.device, ...stranger]))).toBe('seq 5: bad-signature');
    const moved = ours.records.map((record, i) =>
      i === 4 ? { ...record, sig: ours.records[3]?.sig ?? '' } : record,
    );
    expect(firstFault(await verdictOnRecords([ours.device, ...moved]))).toBe('seq 5: bad-signature');
  });

  test('[J14] have one spelling: bits that base64url leaves over must be zero', async () => {
    const { records, device } = signedChain();
    const sig = records[2]?.sig ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const respelled = `${sig.slice(0, -1)}${alphabet[alphabet.indexOf(sig.slice(-1)) + 1]}`;
    expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(sig, 'base64url'));
    const changed = records.map((record, i) => (i === 2 ? { ...record, sig: respelled } : record));
    expect(firstFault(await verdictOnRecords([device, ...changed]))).toBe('seq 3: bad-signature');
  });

  test('[J10] devices that are no devices, or stand among records, are found', async () => {
    const { device } = signedChain();
    const faulty: readonly (readonly [readonly string[], string])[] = [
      [[device, device, ...TEXTS], 'line 3: bad-device'],
      [[device.replace('"key":"', '"key":"x'), ...TEXTS], 'line 2: bad-device'],
      [[device.replace('{', '{ '), ...TEXTS], 'line 2: bad-device'],
      [[...TEXTS, device], 'line 12: misplaced'],
    ];
    for (const [lines, found] of faulty)
      expect(firstFault(await verdictOn(await exportText(lines)))).toBe(found);
  });
});

describe('the lines around the records', () => {
  const headed = async (header: object) =>
    firstFault(await verdictOn(await sealedText([JSON.stringify(header), ...TEXTS])));
  const sorted = JSON.parse(headerLine(HEADER)) as Record<string, unknown>;

  test.each([
    [{ format: 'other' }, 'line 1: bad-header'],
    [{ version: 2 }, 'line 1: newer-version'],
    [{ organization: 'ba9876543210' }, 'seq 1: wrong-register'],
    [{ organization: 'x' }, 'line 1: bad-header'],
    [{ registers: [] }, 'line 2: wrong-register'],
    [{ registers: ['S01-R3'] }, 'seq 1: wrong-register'],
    [{ registers: [NAME, 'S01-R3'] }, 'line 12: missing'],
    [{ registers: [NAME, NAME] }, 'line 12: missing'],
    [{ exportedAt: 'today' }, 'line 1: bad-header'],
    [{ zzz: 1 }, 'line 1: bad-header'],
  ])('[J10] a header changed to %j is found', async (change, found) => {
    expect(await headed({ ...sorted, ...change })).toBe(found);
  });

  test('[J12] any byte of the header, of a device or of the end that changed is found', async () => {
    const text = await exportText([signedChain().device, ...TEXTS]);
    const bytes = Buffer.from(text, 'utf8');
    const end = text.lastIndexOf('{"end"');
    const firstRecord = text.indexOf('{"approvedBy"');
    const endByte = Buffer.byteLength(text.slice(0, end));
    const places = [...bytes.keys()].filter((place) => place < firstRecord || place >= endByte);
    expect(places.length).toBeGreaterThan(200);
    for (const place of places) {
      const altered = Buffer.from(bytes);
      altered[place] = (altered[place] ?? 0) ^ 1;
      expect(firstFault(await verdictOn(altered)), `byte ${place}`).not.toBe('valid');
    }
  });

  test('[J10] an unreadable entry is told and makes the file not valid', async () => {
    const line = (register?: string) =>
      JSON.stringify({ unreadable: { document: 'session S01-R2 #1', register, key: 'x', cause: 'odd' } });
    const verdict = await verdictOn(await exportText([...TEXTS, line(NAME)]));
    expect(firstFault(verdict)).toBe('line 12: unreadable');
    expect(verdict.registers[0]?.fault?.reason).toBe('session S01-R2 #1, entry x could not be read (odd)');
    expect(firstFault(await verdictOn(await exportText([line(), ...TEXTS])))).toBe('line 2: unreadable');
  });

  test('[J10] a file that is empty, has no header, a byte order mark or goes on behind its end is not valid', async () => {
    const text = await exportText(TEXTS);
    expect(firstFault(await verdictOn(''))).toBe('line 0: bad-header');
    expect(firstFault(await verdictOn(`\ufeff${text}`))).toBe('line 1: bad-header');
    expect(firstFault(await verdictOn(await sealedText(TEXTS)))).toBe('line 1: bad-header');
    expect(firstFault(await verdictOn(`${text}${TEXTS[9]}\n`))).toBe('seq 10: fork');
    expect(firstFault(await verdictOn(`${text}{}\n`))).not.toBe('valid');
    expect(firstFault(await verdictOn(text.replaceAll('\n', '\r\n')))).not.toBe('valid');
    expect(firstFault(await verdictOn('a'.repeat(17 * 1024 * 1024)))).toBe('line 1: too-long');
  });

  test('[J11] a file of some days begins with a session and ends inside its days', async () => {
    const second = RECORDS.slice(8);
    const days = (from?: string, to?: string) => ({
      ...HEADER,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    const found = async (records: readonly JournalRecord[], from?: string, to?: string) =>
      firstFault(await verdictOnRecords(records, days(from, to)));
    expect(await found(second, '2026-11-22')).toBe('valid');
    expect(await found(second, '2026-11-22', '2026-11-22')).toBe('valid');
    expect(await found(RECORDS.slice(0, 8), undefined, '2026-11-21')).toBe('valid');
    expect(await found(second)).toBe('seq 9: gap');
    expect(await found(second, undefined, '2026-11-22')).toBe('seq 9: gap');
    expect(await found(RECORDS.slice(9), '2026-11-22')).toBe('seq 10: gap');
    expect(await found(second, '2026-11-23')).toBe('seq 9: outside-range');
    expect(await found(RECORDS, '2026-11-22')).toBe('seq 1: outside-range');
    expect(await found(RECORDS, '2026-11-21', '2026-11-21')).toBe('seq 10: outside-range');
  });
});

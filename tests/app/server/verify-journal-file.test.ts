import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { recordText } from '#model/journal/chain.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { countersignText } from '#model/documents/acknowledgements.ts';
import type { JournalRecord, RecordContent } from '#model/journal/record.ts';
import { headerLine } from '../../../app/server/export-journal/export-lines.ts';
import {
  CONTENTS,
  HEADER,
  NAME,
  ORG,
  REGISTER,
  STORE,
  chainOf,
  exportText,
  firstFault,
  relinked,
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
    const verdict = await verdictOnRecords([device, ...records]);
    expect(firstFault(verdict)).toBe('valid');
    expect(verdict.devices).toEqual(['0123456789abcdef']);
    expect(verdict.registers[0]).toMatchObject({ signed: 10, unsigned: 0, unknownSignatures: 0 });
  });

  test('[J14] that are missing are a fault where the file lists devices, and counted where it does not', async () => {
    const { records, device } = signedChain();
    const stripped = unsignedAt(records, 3);
    expect(firstFault(await verdictOnRecords([device, ...stripped]))).toBe('seq 4: unsigned');
    const verdict = await verdictOnRecords(stripped);
    expect(verdict.registers[0]).toMatchObject({ valid: true, unsigned: 1, unknownSignatures: 9 });
  });

  test.each([
    [{ register: 'R3' }, 'seq 1: wrong-device'],
    [{ store: undefined, register: undefined }, 'seq 1: wrong-device'],
    [{ role: 'relay' }, 'seq 1: wrong-device'],
    [{ revokedAt: '2026-11-21T09:04:00.000Z' }, 'seq 5: wrong-device'],
    [{ expiresAt: '2026-11-21T09:09:00.000Z' }, 'seq 10: wrong-device'],
    [{ revokedAt: '2026-11-21T09:10:00.000Z' }, 'valid'],
  ])('[E10, J14] of a device that is %j: %s', async (change, found) => {
    const { records, device } = signedChain();
    const listed = { ...(JSON.parse(device) as Record<string, string>), ...change };
    const line = canonicalJson(listed);
    expect(firstFault(await verdictOnRecords([line, ...records]))).toBe(found);
  });

  test('[E10] of a device replaced by another count beside the other’s', async () => {
    const [before, after] = [signedChain(), signedChain('fedcba9876543210')];
    const records = [...before.records.slice(0, 5), ...after.records.slice(5)];
    const verdict = await verdictOnRecords([before.device, after.device, ...records]);
    expect(verdict.registers[0]).toMatchObject({ valid: true, signed: 10 });
  });

  test('[J8] are found changed at each of their 86 characters', async () => {
    const { records, device } = signedChain();
    const sig = records[6]?.sig ?? '';
    const found = new Set<string>();
    for (let i = 0; i < sig.length; i++) {
      const changed = `${sig.slice(0, i)}${sig[i] === 'A' ? 'B' : 'A'}${sig.slice(i + 1)}`;
      const forged = records.map((record, n) => (n === 6 ? { ...record, sig: changed } : record));
      found.add(firstFault(await verdictOnRecords([device, ...forged])));
    }
    expect([...found]).toEqual(['seq 7: bad-signature']);
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
    const { device, records } = signedChain();
    const SIGNED = records.map(recordText);
    const faulty: readonly (readonly [readonly string[], string])[] = [
      [[device, device, ...SIGNED], 'line 3: bad-device'],
      [[device.replace('"key":"', '"key":"x'), ...TEXTS], 'line 2: bad-device'],
      [[device.replace('{', '{ '), ...TEXTS], 'line 2: bad-device'],
      [[device.replace('terminal', 'till'), ...TEXTS], 'line 2: bad-device'],
      [[...TEXTS, device], 'line 12: misplaced'],
    ];
    for (const [lines, found] of faulty)
      expect(firstFault(await verdictOn(await exportText(lines)))).toBe(found);
  });
});

describe('countersigned heads', () => {
  const office = officeOf();

  function officeOf() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const { x: key = '' } = publicKey.export({ format: 'jwk' });
    return { privateKey, line: canonicalJson({ device: 'aaaaaaaaaaaaaaaa', key, role: 'hq' }) };
  }

  const HASHES = signedChain();

  function headLine(
    change: Partial<Record<'hash' | 'sig' | 'device' | 'org' | 'register', string>> & { seq?: number },
  ) {
    const seq = change.seq ?? 10;
    const hash = HASHES.records[seq - 1]?.hash ?? 'C'.repeat(43);
    const at = '2026-11-22T00:00:00.000Z';
    const named = { org: ORG, store: STORE, register: REGISTER, session: 1, seq, hash, at };
    const text = countersignText({ ...named, ...change } as typeof named);
    const sig = sign(null, Buffer.from(text), office.privateKey).toString('base64url');
    return canonicalJson({ head: { ...named, device: 'aaaaaaaaaaaaaaaa', sig, ...change } });
  }

  test.each([
    [{}, 'valid'],
    [{ seq: 4 }, 'valid'],
    [{ seq: 12 }, 'seq 10: truncated'],
    [{ seq: 5, hash: 'B'.repeat(43) }, 'seq 5: fork'],
    [{ sig: 'A'.repeat(86) }, 'line 4: bad-head'],
    [{ device: 'bbbbbbbbbbbbbbbb' }, 'line 4: bad-head'],
    [{ device: '0123456789abcdef' }, 'line 4: bad-head'],
    [{ org: 'ba9876543210' }, 'line 4: bad-head'],
    [{ sig: 'short' }, 'line 4: bad-head'],
  ])('[J16] %j: %s', async (change, found) => {
    const { records, device } = HASHES;
    const verdict = await verdictOnRecords([device, office.line, headLine(change), ...records]);
    expect(firstFault(verdict)).toBe(found);
  });

  test('[J16] a journal without its last records is found, and a head stands once and before the records', async () => {
    const { records, device } = HASHES;
    const cut = await verdictOnRecords([device, office.line, headLine({}), ...records.slice(0, 9)]);
    expect(firstFault(cut)).toBe('seq 9: truncated');
    const twice = [device, office.line, headLine({}), headLine({}), ...records];
    expect(firstFault(await verdictOnRecords(twice))).toBe('line 5: bad-head');
    const late = await verdictOnRecords([device, office.line, ...records, headLine({})]);
    expect(firstFault(late)).toBe('line 14: misplaced');
  });
});

describe('a clock that was moved', () => {
  const HOURS = (hour: number) => `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const CLOCK = { kind: 'clock', body: { expected: HOURS(12) } } as const;

  async function clocks(contents: readonly RecordContent[], hours: readonly number[]) {
    const records = relinked(chainOf(contents).map((record, i) => ({ ...record, at: HOURS(hours[i] ?? 0) })));
    const { registers, valid } = await verdictOnRecords(records);
    return [valid, registers[0]?.clockMoves, registers[0]?.backwards];
  }

  test('[R7] is told; a time that goes back without such a record is told too, and neither is a fault', async () => {
    const [opened, sold] = CONTENTS as [RecordContent, RecordContent];
    expect(await clocks([opened, CLOCK, sold], [10, 8, 8])).toEqual([true, 1, 0]);
    expect(await clocks([opened, sold], [10, 8])).toEqual([true, 0, 1]);
  });
});

describe('training', () => {
  const ENTERED = { kind: 'training', body: { change: 'entered' } } as const;
  const written = (body: object) => {
    const records = chainOf([CONTENTS[0] as RecordContent, ENTERED]);
    return verdictOnRecords(
      relinked(records.map((one) => (one.seq === 2 ? { ...one, body } : one)) as never),
    );
  };

  test('[V3] is known by its beginning and its end', async () => {
    expect((await written({ change: 'entered' })).valid).toBe(true);
    expect((await written({ change: 'left', receipts: 2 })).valid).toBe(true);
    expect(firstFault(await written({ change: 'paused' }))).toBe('seq 2: bad-shape');
    expect(firstFault(await written({ change: 'left', receipts: -1 }))).toBe('seq 2: bad-shape');
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

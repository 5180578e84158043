import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { COUNTERSIGNED_HEAD, countersignText } from '#model/documents/acknowledgements.ts';
import { documentId } from '#model/ids/document-id.ts';
import { registerId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { assert } from '#model/result.ts';
import { LISTED_FAULTS } from '../../sync-relay/journal-watch.ts';
import { ORGANIZATION, makeDocument, writeEntries } from '../support/journal-fixture.ts';
import { entriesOfSession, signedJournal } from '../support/signed-journal.ts';
import { testKey } from '../support/test-key.ts';
import {
  PLACE,
  sessionId,
  ACKNOWLEDGEMENTS,
  till,
  hq,
  deviceOf,
  listOf,
  DEVICES,
  watchOver,
  hold,
  at,
  withRecord,
  resealed,
} from '../support/watched-journal.ts';

describe('a journal as a till wrote it', () => {
  test('[J6] nothing is listed, over three sessions that arrive in any order', async () => {
    const records = signedJournal(till, 3);
    for (const order of ['123', '312', '231'].map((digits) => [...digits].map(Number))) {
      const held = watchOver();
      for (const session of order) {
        held.put(sessionId(session), makeDocument(entriesOfSession(records, session)));
        await held.watch.settled();
      }
      expect(await held.faults()).toEqual([]);
    }
  });

  test('a sale more costs one signature check, however many were before', async () => {
    const records = signedJournal(till, 1, 60);
    const held = watchOver();
    hold(held, records.slice(0, -1));
    await held.watch.settled();
    const before = held.cost.signatures;
    expect(before).toBe(records.length - 1);
    const last = at(records, records.length);
    held.add(sessionId(1), { [recordKey(last.seq)]: recordText(last) });
    expect(await held.faults()).toEqual([]);
    expect(held.cost.signatures).toBe(before + 1);
  });

  test('ten records are checked a second while relays wait to be answered, and the others once none does', async () => {
    const records = signedJournal(till, 1, 60);
    const seconds: (() => void)[] = [];
    let isBusy = true;
    const later = (milliseconds: number, callback: () => void) =>
      milliseconds < 1000 ? void setImmediate(callback) : void seconds.push(callback);
    const held = watchOver(DEVICES, { later, isBusy: () => isBusy });
    hold(held, records);
    for (const checked of [10, 20, 30]) {
      await vi.waitFor(() => expect(seconds).toHaveLength(1));
      expect(held.cost.signatures).toBe(checked);
      isBusy = checked < 30;
      seconds.pop()?.();
    }
    expect(await held.faults()).toEqual([]);
    expect(held.cost.signatures).toBe(records.length);
    expect(seconds).toEqual([]);
  });

  test('a register whose session before is not here is checked from where it begins', async () => {
    const records = signedJournal(till, 2);
    const held = watchOver();
    held.put(sessionId(2), makeDocument(entriesOfSession(records, 2)));
    expect(await held.faults()).toEqual([]);
  });
});

describe('what is listed, and where', () => {
  const records = signedJournal(till, 1);
  const third = at(records, 3);
  const cases: readonly (readonly [string, Record<string, string>, readonly unknown[]])[] = [
    [
      '[J3] altered, when the content changed',
      withRecord(records, 3, recordText({ ...third, by: 'somebody' })),
      [[1, 'altered', 3]],
    ],
    [
      '[J6] broken-link at the next record, when a record was made anew',
      withRecord(records, 3, resealed(third, { by: 'somebody' })),
      [[1, 'broken-link', 4]],
    ],
    ['[J6] gap, when a record was taken out', withRecord(records, 3, undefined), [[1, 'gap', 4]]],
    ['[R2] gap, when the opening was taken out', withRecord(records, 1, undefined), [[1, 'gap', 2]]],
    [
      '[J8] unsigned, when the signature was taken away',
      withRecord(records, 3, recordText({ ...third, sig: '' })),
      [[1, 'unsigned', 3]],
    ],
    [
      '[J8] bad-signature, when another key signed',
      withRecord(records, 3, recordText({ ...third, sig: hq.sign(third.hash) })),
      [[1, 'bad-signature', 3]],
    ],
    ['[J9] unknown-version', withRecord(records, 3, '{"v":2}'), [[1, 'unknown-version', '000000003']]],
    ['[J2] not-json', withRecord(records, 3, 'x'), [[1, 'not-json', '000000003']]],
    ['[J2] bad-shape', withRecord(records, 3, ` ${recordText(third)}`), [[1, 'bad-shape', '000000003']]],
    [
      '[D5] wrong-key, when a record stands twice',
      { ...entriesOfSession(records, 1), '999999999': recordText(third) },
      [[1, 'wrong-key', 3]],
    ],
    [
      '[D5] wrong-key, for an entry that names no record',
      { ...entriesOfSession(records, 1), note: '{}' },
      [[1, 'wrong-key', 'note']],
    ],
    [
      '[J5] wrong-totals, when the totals do not follow',
      withRecord(
        records,
        records.length,
        resealed(at(records, records.length), { totals: { receipts: 1, signed: 1, absolute: 1 } }),
      ),
      [[1, 'wrong-totals', records.length]],
    ],
  ];

  test.each(cases)('%s', async (_title, entries, expected) => {
    const held = watchOver();
    held.put(sessionId(1), makeDocument(entries));
    expect(await held.faults()).toEqual(expected);
  });

  test('wrong-session and wrong-register, for a record of another document', async () => {
    const held = watchOver();
    held.put(sessionId(2), makeDocument(entriesOfSession(records, 1)));
    expect((await held.faults())[0]).toEqual([2, 'wrong-session', 1]);
    const other = documentId({
      organization: ORGANIZATION,
      key: { class: 'session', ...PLACE, register: registerId(2), session: 1 },
    });
    held.put(other, makeDocument(entriesOfSession(records, 1)));
    await held.watch.settled();
    expect(held.watch.status().quarantine).toContainEqual(
      expect.objectContaining({ register: 'S01-R2', code: 'wrong-register', seq: 1 }),
    );
  });

  test('[J7] fork, for both records, when two tills wrote one number', async () => {
    const held = watchOver();
    const base = makeDocument(entriesOfSession(records.slice(0, 2), 1));
    const key = recordKey(3);
    const one = writeEntries(A.clone(base), { [key]: recordText(third) });
    const two = writeEntries(A.clone(base), { [key]: resealed(third, { by: 'clone' }) });
    held.put(sessionId(1), one);
    expect(await held.faults()).toEqual([]);
    held.put(sessionId(1), A.merge(one, two));
    expect(await held.faults()).toEqual([
      [1, 'fork', 3],
      [1, 'fork', 3],
    ]);
  });

  test('[J7] fork, when two sessions give out one number', async () => {
    const two = signedJournal(till, 2);
    const held = watchOver();
    const opened = two.find((record) => record.session === 2);
    assert(opened, () => 'the fixture has a second session');
    hold(held, two);
    const again = resealed(opened, { seq: opened.seq - 1, prev: at(two, opened.seq - 2).hash });
    held.put(sessionId(2), makeDocument({ [recordKey(opened.seq - 1)]: again }));
    expect(await held.faults()).toEqual([[2, 'fork', opened.seq - 1]]);
  });

  test('[J7] fork, when a session goes on into the number of an archived one behind it', async () => {
    const two = signedJournal(till, 2);
    const held = watchOver();
    const opened = two.find((record) => record.session === 2);
    const last = two.at(-1);
    assert(opened && last, () => 'the fixture has a second session');
    hold(held, two);
    expect(await held.faults()).toEqual([]);
    held.watch.sealed({ organization: ORGANIZATION, ...PLACE, session: 2 }, { end: last });
    const before = at(two, opened.seq - 1);
    held.add(sessionId(1), {
      [recordKey(opened.seq)]: resealed(before, { seq: opened.seq, prev: before.hash }),
    });
    const found = await held.faults();
    expect(found).toContainEqual([2, 'fork', opened.seq]);
  });

  test('[J6] gap, while a session in the middle is missing', async () => {
    const three = signedJournal(till, 3);
    const held = watchOver();
    for (const session of [1, 3])
      held.put(sessionId(session), makeDocument(entriesOfSession(three, session)));
    expect((await held.faults()).map(([session, code]) => [session, code])).toEqual([[3, 'gap']]);
    held.put(sessionId(2), makeDocument(entriesOfSession(three, 2)));
    expect(await held.faults()).toEqual([]);
  });

  test('a record that is mended disappears from the list, one taken out later appears', async () => {
    const held = watchOver();
    held.put(sessionId(1), makeDocument(withRecord(records, 3, 'x')));
    expect(await held.faults()).toHaveLength(1);
    held.add(sessionId(1), { [recordKey(3)]: recordText(third) });
    expect(await held.faults()).toEqual([]);
    held.add(sessionId(1), { [recordKey(2)]: undefined });
    expect(await held.faults()).toEqual([[1, 'gap', 3]]);
  });

  test('faults without end are counted, and listed up to a limit', async () => {
    const held = watchOver();
    for (const session of [1, 2, 3]) {
      const nonsense = Array.from({ length: 90 }, (_, i) => [recordKey(i + 1), 'nonsense']);
      held.put(sessionId(session), makeDocument(Object.fromEntries(nonsense)));
    }
    await held.watch.settled();
    const { quarantine, quarantined } = held.watch.status();
    expect([quarantine.length, quarantined]).toEqual([LISTED_FAULTS, 270]);
  });

  test('[J6] any change to any record shows', async () => {
    const texts = Object.entries(entriesOfSession(records, 1));
    await fc.assert(
      fc.asyncProperty(fc.nat(texts.length - 1), fc.nat(10_000), fc.nat(94), async (which, place, glyph) => {
        const [key = '', text = ''] = texts[which] ?? [];
        const index = place % text.length;
        const changed = text.slice(0, index) + String.fromCharCode(32 + glyph) + text.slice(index + 1);
        fc.pre(changed !== text);
        const held = watchOver();
        held.put(sessionId(1), makeDocument({ ...Object.fromEntries(texts), [key]: changed }));
        expect(await held.faults()).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('[E10] whose signature counts', () => {
  const records = signedJournal(till, 2);
  const half = at(records, Math.floor(records.length / 2));

  test('nobody is blamed while the organization is not here; everything is judged when it comes', async () => {
    const held = watchOver(undefined);
    held.watch.setDevices(undefined);
    hold(held, records);
    expect([await held.faults(), held.cost.signatures, held.checked]).toEqual([[], 0, []]);
    held.watch.setDevices(listOf(deviceOf(till, { register: registerId(2) })));
    expect(await held.faults()).toHaveLength(records.length);
    held.watch.setDevices(DEVICES);
    expect(await held.faults()).toEqual([]);
  });

  test('[E10] records from after the till was revoked are listed, those from before stay', async () => {
    const held = watchOver();
    hold(held, records);
    expect(await held.faults()).toEqual([]);
    held.watch.setDevices(listOf(deviceOf(till, { revokedAt: half.at })));
    const faults = await held.faults();
    expect(faults.map(([, code, seq]) => [code, seq]).sort()).toEqual(
      records
        .filter((record) => record.at >= half.at)
        .map((record) => ['signed-too-late', record.seq])
        .sort(),
    );
  });

  test('[E9] a terminal that took the register over is believed, and sessions from before are not read again', async () => {
    const next = testKey('bbbbbbbbbbbbbbbb');
    const second = records.filter((record) => record.session === 2);
    const replacedAt = second[0]?.at ?? '';
    const held = watchOver();
    hold(
      held,
      records.filter((record) => record.session === 1),
    );
    await held.watch.settled();
    const before = held.cost.signatures;
    held.watch.setDevices(
      listOf(
        deviceOf(till, { revokedAt: replacedAt }),
        deviceOf(next, { enrolledAt: replacedAt, replaces: till.id }),
      ),
    );
    const resigned = second.map((record) => ({ ...record, sig: next.sign(record.hash) }));
    hold(held, resigned);
    expect(await held.faults()).toEqual([]);
    expect(held.cost.signatures - before).toBe(second.length);
  });
});

describe('[J16] what head office countersigned', () => {
  const records = signedJournal(till, 2);
  const last = at(records, records.length);

  function headOf({ session, seq, hash }: JournalRecord, key = hq): string {
    const head = { org: ORGANIZATION, ...PLACE, session, seq, hash, at: '2026-11-21T09:00:00.000Z' };
    return canonicalJson({ ...head, device: hq.id, sig: key.sign(countersignText(head)) });
  }

  test('a journal that holds the head is in order, and goes on', async () => {
    const held = watchOver();
    hold(held, records);
    held.put(ACKNOWLEDGEMENTS, makeDocument({ [COUNTERSIGNED_HEAD]: headOf(at(records, 5)) }));
    expect(await held.faults()).toEqual([]);
    expect(held.checked.at(-1)?.verified).toEqual({ session: 2, seq: last.seq, hash: last.hash });
  });

  test('[J16] a journal that ends before it is truncated, until its tail is back', async () => {
    const held = watchOver();
    hold(held, records.slice(0, -2));
    held.put(ACKNOWLEDGEMENTS, makeDocument({ [COUNTERSIGNED_HEAD]: headOf(last) }));
    expect(await held.faults()).toEqual([[2, 'truncated', last.seq]]);
    expect(held.checked.at(-1)?.verified).toBeUndefined();
    hold(held, records);
    expect(await held.faults()).toEqual([]);
  });

  test('[J16] a session that is gone as a whole is truncated', async () => {
    const held = watchOver();
    held.put(ACKNOWLEDGEMENTS, makeDocument({ [COUNTERSIGNED_HEAD]: headOf(last) }));
    expect(await held.faults()).toEqual([[2, 'truncated', last.seq]]);
  });

  test('[J16] a journal made anew from some record on is a fork', async () => {
    const held = watchOver();
    const remade = resealed(last, { by: 'somebody' });
    hold(held, records.slice(0, -1));
    held.add(sessionId(2), { [recordKey(last.seq)]: remade });
    held.put(ACKNOWLEDGEMENTS, makeDocument({ [COUNTERSIGNED_HEAD]: headOf(last) }));
    expect(await held.faults()).toEqual([[2, 'fork', last.seq]]);
  });

  test('a head head office did not sign says nothing', async () => {
    const held = watchOver();
    hold(held, records.slice(0, -2));
    held.put(ACKNOWLEDGEMENTS, makeDocument({ [COUNTERSIGNED_HEAD]: headOf(last, till) }));
    expect(await held.faults()).toEqual([]);
  });

  test('the last record without fault is what can be countersigned', async () => {
    const held = watchOver();
    hold(held, records);
    held.add(sessionId(2), { [recordKey(last.seq)]: recordText({ ...last, sig: '' }) });
    expect(await held.faults()).toHaveLength(1);
    expect(held.checked.at(-1)?.verified?.seq).toBe(last.seq - 1);
  });
});

describe('a relay to which more and more comes', () => {
  const records = signedJournal(till, 1, 20);

  /** A watch whose pauses end when the test says so, with one record there. */
  function watchInHand() {
    const pauses: (() => void)[] = [];
    const held = watchOver(DEVICES, { later: (_milliseconds, callback) => void pauses.push(callback) });
    const sell = (seq: number) => held.add(sessionId(1), { [recordKey(seq)]: recordText(at(records, seq)) });
    sell(1);
    return { held, sell, pauses, pass: () => pauses.shift()?.() };
  }

  test('looks once nothing came for one wait', async () => {
    const { held, sell, pauses, pass } = watchInHand();
    for (const seq of [2, 3, 4]) {
      sell(seq);
      pass();
    }
    expect([held.cost.signatures, pauses.length]).toEqual([0, 1]);
    pass();
    await expect.poll(() => held.cost.signatures).toBe(4);
  });

  test('looks after ten waits all the same', async () => {
    const { held, sell, pauses, pass } = watchInHand();
    for (let seq = 2; seq <= 10; seq++) {
      sell(seq);
      pass();
    }
    expect([held.cost.signatures, pauses.length]).toEqual([0, 1]);
    sell(11);
    pass();
    await expect.poll(() => held.cost.signatures).toBe(11);
  });
});

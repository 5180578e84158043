import { describe, expect, test, vi } from 'vitest';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import { countersignedHeadSchema, countersignText } from '#model/documents/acknowledgements.ts';
import * as v from 'valibot';
import type { JournalRecord } from '#model/journal/record.ts';
import { verifySignature } from '../../sync-relay/signature.ts';
import type { CorePeer } from '../support/core-peer.ts';
import { PATIENCE } from '../support/patience.ts';
import { signedJournal } from '../support/signed-journal.ts';
import { TrustedRelays, connect, idOf, session, type TrustedRelay } from '../support/trusted-relays.ts';

const SESSION = idOf(session(1));
const ACKNOWLEDGEMENTS = idOf({ class: 'acknowledgements', store: storeId(1), register: registerId(1) });

type Listed = {
  readonly register: string;
  readonly session: number;
  readonly code: string;
  readonly seq?: number;
};

/** What a relay lists at `/status`, and how many documents it has. */
async function quarantineOf({ program }: Pick<TrustedRelay, 'program'>): Promise<readonly Listed[]> {
  const response = await fetch(`http://127.0.0.1:${program.ready.port}/status`);
  const { quarantine, quarantined } = (await response.json()) as {
    quarantine: Listed[];
    quarantined: number;
  };
  expect(quarantined).toBe(quarantine.length);
  return quarantine.map(({ register, session, code, seq = 0 }) => ({ register, session, code, seq }));
}

async function write(till: CorePeer, records: readonly JournalRecord[]): Promise<void> {
  // One after the other, as a till does: it waits for the relay's word before the next sale.
  for (const record of records) {
    till.write(SESSION, recordKey(record.seq), recordText(record));
    await till.until(() => till.isConfirmed(SESSION));
  }
}

/** Head office's latest head of S01-R1 as a peer of head office sees it; undefined while there is none. */
function headAt(peer: CorePeer) {
  const text = peer.entries(ACKNOWLEDGEMENTS)['head'];
  return text === undefined ? undefined : v.parse(countersignedHeadSchema, JSON.parse(text));
}

describe('journals in relays', () => {
  test('[J16] head office countersigns what it verified, and every relay of the store hears of it', async () => {
    const relays = await TrustedRelays.found();
    const store = await relays.storeRelay(1, ['--hq', relays.hq.url]);
    const key = await relays.terminal(1);
    // It comes in once its entry has reached the relay of its store.
    const till = await vi.waitFor(() => connect(store, key), PATIENCE);
    const records = signedJournal(key);
    await write(till, records);
    const last = records.at(-1);
    await vi.waitFor(
      () => expect(headAt(relays.tool)).toMatchObject({ seq: last?.seq, hash: last?.hash }),
      PATIENCE,
    );
    await vi.waitFor(() => expect(headAt(till)).toMatchObject({ seq: last?.seq }), PATIENCE);
    const head = headAt(till);
    const { publicKey } = relays.hq.device;
    expect(head && verifySignature(publicKey, countersignText(head), head.sig)).toBe(true);
    for (const relay of [relays.hq, store]) expect(await quarantineOf(relay)).toEqual([]);
  });

  test('[J8] a forged record is taken, listed by every relay, and never countersigned', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const till = await connect(relays.hq, key);
    const records = signedJournal(key);
    const forged = records
      .slice(0, 4)
      .map((record) => (record.seq === 4 ? { ...record, by: 'nobody' } : record));
    await write(till, forged);
    const fault = { register: 'S01-R1', session: 1, code: 'altered', seq: 4 };
    await vi.waitFor(async () => expect(await quarantineOf(relays.hq)).toEqual([fault]), PATIENCE);
    await vi.waitFor(() => expect(headAt(relays.tool)).toMatchObject({ seq: 3 }), PATIENCE);
    const taken = recordText({ ...forged[3] } as JournalRecord);
    await vi.waitFor(() => expect(relays.tool.entries(SESSION)[recordKey(4)]).toBe(taken), PATIENCE);
    await write(till, records.slice(3));
    await vi.waitFor(async () => expect(await quarantineOf(relays.hq)).toEqual([]), PATIENCE);
  });

  test('[J16] a tail that is gone after head office countersigned it is listed as truncated', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const till = await connect(relays.hq, key);
    const records = signedJournal(key);
    await write(till, records);
    const last = records.at(-1)?.seq ?? 0;
    await vi.waitFor(() => expect(headAt(relays.tool)?.seq).toBe(last), PATIENCE);
    till.remove(SESSION, recordKey(last));
    const fault = { register: 'S01-R1', session: 1, code: 'truncated', seq: last };
    await vi.waitFor(async () => expect(await quarantineOf(relays.hq)).toEqual([fault]), PATIENCE);
  });

  test('[E10] a revoked till’s later records are listed as soon as the revocation is here', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const till = await connect(relays.hq, key);
    const records = signedJournal(key);
    await write(till, records);
    expect(await quarantineOf(relays.hq)).toEqual([]);
    const last = records.at(-1);
    await relays.list(key, { store: storeId(1), register: registerId(1), revokedAt: last?.at ?? '' });
    const fault = { register: 'S01-R1', session: 1, code: 'signed-too-late', seq: last?.seq };
    await vi.waitFor(async () => expect(await quarantineOf(relays.hq)).toEqual([fault]), PATIENCE);
  });

  test('a sale more is one more head at most every few seconds, not one for each record', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const till = await connect(relays.hq, key);
    const records = signedJournal(key, 1, 30);
    await write(till, records);
    const last = records.at(-1)?.seq;
    await vi.waitFor(() => expect(headAt(relays.tool)?.seq).toBe(last), PATIENCE);
    expect(relays.tool.changes(ACKNOWLEDGEMENTS)).toBeLessThan(records.length / 3);
  });
});

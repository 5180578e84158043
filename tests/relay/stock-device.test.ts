import { describe, expect, test, vi } from 'vitest';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { keyedPeer } from '../support/keyed-peer.ts';
import { PATIENCE } from '../support/patience.ts';
import { signedJournal } from '../support/signed-journal.ts';
import { entriesOf } from '../support/stock-peer.ts';
import { TrustedRelays, connect, idOf, session, statusOf } from '../support/trusted-relays.ts';

const CATALOG = { class: 'catalog', shard: 0 } as const;
const TILL = { role: 'terminal', store: 'S01', register: 'R1' } as const;

describe('a stock automerge-repo client with the key of a till', () => {
  test('[E7] is refused the catalog, keeps reading and writing what is its own, and is gone once revoked', async () => {
    const relays = await TrustedRelays.found();
    const { hq, tool } = relays;
    const key = await relays.terminal(1);
    tool.write(idOf(CATALOG), 'a', '1');
    const till = await keyedPeer(hq.url, key, TILL);
    const catalog = till.open(CATALOG);
    await vi.waitFor(() => expect(entriesOf(catalog)).toEqual({ a: '1' }), PATIENCE);

    till.write(CATALOG, 'a', '0');
    await vi.waitFor(() => expect(till.refused).toEqual([idOf(CATALOG)]), PATIENCE);
    tool.write(idOf(CATALOG), 'b', '2');
    await vi.waitFor(() => expect(entriesOf(catalog)).toMatchObject({ b: '2' }), PATIENCE);
    till.write(session(1), '000000001', '{}');
    await tool.until(() => tool.size(idOf(session(1))) === 1);
    expect(tool.entries(idOf(CATALOG))).toEqual({ a: '1', b: '2' });
    const { refused } = await statusOf(hq);
    expect(refused).toMatchObject([{ device: key.id, document: 'catalog 0' }]);
    expect(refused[0]?.count).toBeGreaterThan(0);

    await relays.list(key, {
      store: storeId(1),
      register: registerId(1),
      revokedAt: new Date().toISOString(),
    });
    await vi.waitFor(() => expect(till.closed).toContain(CLOSE_CODES.revoked), PATIENCE);
  });

  test('[E10] records of another register in its own session pass the relay, and are left to their signatures', async () => {
    const relays = await TrustedRelays.found();
    const records = signedJournal(await relays.terminal(1));
    const thief = await connect(relays.hq, await relays.terminal(2), 2);
    const own = idOf(session(1, 2));
    for (const record of records) thief.write(own, recordKey(record.seq), recordText(record));
    await thief.until(() => thief.isConfirmed(own));
    expect(thief.refused).toEqual([]);
    await vi.waitFor(
      async () => expect((await statusOf(relays.hq)).quarantined).toBeGreaterThan(0),
      PATIENCE,
    );
  });
});

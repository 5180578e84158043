import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { deviceKeyOf, newDeviceKey, type DeviceKey } from '../../../app/lib/device/device-key.ts';
import { RETRY_BOUNDS } from '../../../app/lib/repo/backoff.ts';
import { hostSurroundings } from '../../../app/lib/repo/surroundings.ts';
import { LINK_LIMITS } from '../../../app/lib/repo/websocket-link.ts';
import { DOOR_DEVICE } from '../../support/doorkeeper.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { manualSurroundings } from './manual-surroundings.ts';
import { PATIENCE, PEER_ID, device, dialling, greeting, socketServer } from './network-subject.ts';

describe('a relay that asks who is there', () => {
  const key = async () => deviceKeyOf(await newDeviceKey(device.id));
  const guarded = async (...keys: readonly DeviceKey[]) => {
    const relay = await WireRelay.start();
    onTestFinished(() => relay.cut());
    relay.door.devices = new Map(keys.map(({ id, publicKey }) => [id, publicKey]));
    return relay;
  };

  test('[E5] gets the signature over its nonce, both devices and the peer id, another one on each link', async () => {
    const own = await key();
    const relay = await guarded(own);
    const { standings } = dialling(relay.url, hostSurroundings, LINK_LIMITS, own);
    await vi.waitFor(() => expect(relay.peers).toHaveLength(1), PATIENCE);
    relay.closeAll(1000);
    await vi.waitFor(() => expect(relay.door.proofs).toHaveLength(2), PATIENCE);
    const [first = '', second = ''] = relay.door.proofs;
    expect(first.split('\n').slice(2)).toEqual([DOOR_DEVICE, device.id, PEER_ID]);
    expect(second).not.toBe(first);
    expect(standings()).toEqual(['accepted']);
  });

  test('[E5] a device without a key, with a wrong one or with one that fails is told that it is unproven, once', async () => {
    const relay = await guarded(await key());
    const failing: DeviceKey = { ...(await key()), sign: () => Promise.reject(new Error('no key here')) };
    const without = dialling(relay.url);
    const wrong = dialling(relay.url, hostSurroundings, LINK_LIMITS, await key());
    const broken = dialling(relay.url, hostSurroundings, LINK_LIMITS, failing);
    await vi.waitFor(() => {
      for (const { ends } of [without, wrong, broken]) expect(ends.length).toBeGreaterThan(1);
    }, PATIENCE);
    for (const { ends, standings, said } of [without, wrong, broken]) {
      expect(ends[0]).toMatchObject({ code: 'refused', standing: 'unproven' });
      expect(standings()).toEqual(['unproven']);
      expect(said).toEqual([]);
    }
    expect(without.ends[0]?.detail).toContain('this device has no key');
    expect(broken.ends[0]?.detail).toContain('no key here');
  });

  test.each([
    ['unknown', CLOSE_CODES.unknownDevice],
    ['foreign-peer-id', CLOSE_CODES.foreignPeerId],
    ['unproven', CLOSE_CODES.unproven],
  ] as const)(
    '[E5] %s is told, asked again with growing delays, and may become accepted',
    async (word, code) => {
      const own = await key();
      const relay = await guarded(own);
      relay.door.turnedAway.set(own.id, code);
      const { standings, ends } = dialling(relay.url, hostSurroundings, LINK_LIMITS, own);
      await vi.waitFor(() => expect(ends.length).toBeGreaterThan(1), PATIENCE);
      expect(standings()).toEqual([word]);
      relay.door.turnedAway.clear();
      await vi.waitFor(() => expect(standings()).toEqual([word, 'accepted']), PATIENCE);
    },
  );

  test.each([
    ['revoked', CLOSE_CODES.revoked],
    ['expired', CLOSE_CODES.expired],
  ] as const)('[E2] %s on an open link is told, and asked again after 15 s', async (word, code) => {
    const own = await key();
    const relay = await guarded(own);
    const time = manualSurroundings();
    const { standings } = dialling(relay.url, time, LINK_LIMITS, own);
    await vi.waitFor(() => expect(standings()).toEqual(['accepted']), PATIENCE);
    relay.closeAll(code);
    await vi.waitFor(() => expect(standings()).toEqual(['accepted', word]), PATIENCE);
    expect(time.pending()).toEqual([15_000]);
    time.pass(15_000);
    await vi.waitFor(() => expect(standings()).toEqual(['accepted', word, 'accepted']), PATIENCE);
  });

  test('[E5] changed rights bring it back at once, but not again and again', async () => {
    const own = await key();
    const relay = await guarded(own);
    const time = manualSurroundings();
    const { said, standings, ends } = dialling(relay.url, time, LINK_LIMITS, own);
    await vi.waitFor(() => expect(said).toHaveLength(1), PATIENCE);
    relay.closeAll(CLOSE_CODES.rightsChanged);
    await vi.waitFor(() => expect(ends).toHaveLength(1), PATIENCE);
    expect(time.pending()).toEqual([0]);
    relay.door.turnedAway.set(own.id, CLOSE_CODES.rightsChanged);
    time.pass(0);
    await vi.waitFor(() => expect(ends).toHaveLength(2), PATIENCE);
    expect(time.pending()[0]).toBeGreaterThanOrEqual(RETRY_BOUNDS.firstMs);
    expect(standings()).toEqual(['accepted']);
  });

  test('[E5] a device with a key is let in by a relay that asks for nothing', async () => {
    const relay = await WireRelay.start();
    onTestFinished(() => relay.cut());
    const { standings } = dialling(relay.url, hostSurroundings, LINK_LIMITS, await key());
    await vi.waitFor(() => expect(relay.peers).toHaveLength(1), PATIENCE);
    expect(relay.door.proofs).toEqual([]);
    await vi.waitFor(() => expect(standings()).toEqual(['accepted']), PATIENCE);
  });

  test('[W4] a challenge after the greeting ends the link', async () => {
    const { url, closes } = await socketServer((send) => {
      send(greeting);
      send({ type: 'tillmesh-challenge', senderId: 'server', nonce: 'n'.repeat(43), device: DOOR_DEVICE });
      return undefined;
    });
    dialling(url, hostSurroundings, LINK_LIMITS, await key());
    await vi.waitFor(() => expect(closes[0]).toBe(CLOSE_CODES.badFrame), PATIENCE);
  });
});

import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { mdnsDiscovery, type FoundRelay } from '../../sync-relay/discovery.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

const log = pino({ level: 'silent' });

/** Starts the discovery of one relay over the loopback interface, so that no test speaks to a real network. */
function discover(device: string, organization: string, store: string, port: number): FoundRelay[] {
  const found: FoundRelay[] = [];
  const secure = port === 40_002;
  const discovery = mdnsDiscovery({ device, organization, store, port, secure }, log, '127.0.0.1');
  discovery.start((relay) => found.push(relay));
  onTestFinished(() => discovery.stop());
  return found;
}

test('relays of one store find each other by mDNS, and neither themselves nor other shops, and learn who wants TLS', async () => {
  const seenByOne = discover('1111111111111111', ORGANIZATION, 'S01', 40_001);
  const seenByTwo = discover('2222222222222222', ORGANIZATION, 'S01', 40_002);
  discover('3333333333333333', ORGANIZATION, 'S02', 40_003);
  discover('4444444444444444', 'ffffffffffff', 'S01', 40_004);
  const devices = (found: readonly FoundRelay[]) => new Set(found.map((relay) => relay.device));
  await vi.waitFor(() => {
    expect(devices(seenByOne)).toEqual(new Set(['2222222222222222']));
    expect(devices(seenByTwo)).toEqual(new Set(['1111111111111111']));
  }, PATIENCE);
  const [two] = seenByOne;
  expect(two?.urls.every((url) => /^wss:.*:40002\/sync$/.test(url))).toBe(true);
  const [one] = seenByTwo;
  expect(one?.urls.every((url) => /^ws:.*:40001\/sync$/.test(url))).toBe(true);
});

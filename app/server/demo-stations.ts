import { registerId, storeId } from '#model/ids/register-id.ts';
import type { DeviceConfig } from './origin.ts';
import type { StationSpec } from './station.ts';

/** How many ports from the first on the demo may use. */
export const PORT_SPAN = 40;

/**
 * The machines of the demo: head office and one store with two tills. Pages people open are the first five ports; the
 * programs behind them sit at +10 and above.
 */
export function demoStations(
  organization: string,
  first: number,
  people: readonly { name: string; pin: string; role: string }[],
): StationSpec[] {
  const demo: NonNullable<DeviceConfig['demo']> = { enrols: true, people };
  const relayUrl = (index: number) => `ws://127.0.0.1:${first + 10 + index}/sync`;
  const hq: StationSpec = {
    id: 'hq',
    name: 'HQ',
    role: 'hq',
    organization,
    ports: { app: first, relay: first + 10, reports: first + 20 },
    peers: [],
    demo,
  };
  const tills = [1, 2].map((number): StationSpec => ({
    id: `s01-r${number}`,
    name: `S01-R${number}`,
    role: 'till',
    organization,
    store: storeId(1),
    register: registerId(number),
    ports: {
      app: first + number,
      relay: first + 10 + number,
      bridge: first + 20 + number,
      printer: first + 30 + number,
      printerPage: first + 2 + number,
      display: first + 33 + number,
      terminal: first + 35 + number,
      scale: first + 23 + number,
      scalePage: first + 37 + number,
    },
    hq: relayUrl(0),
    peers: [relayUrl(number === 1 ? 2 : 1)],
    demo,
  }));
  return [hq, ...tills];
}

import { join } from 'node:path';
import { pino } from 'pino';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import { startRelay } from '../../sync-relay/start-relay.ts';
import { CorePeer } from '../support/core-peer.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { RoughCable, type Roughness } from './rough-cable.ts';

/** A relay that runs here, with the till beside it. */
export type MeshTill = {
  readonly port: number;
  readonly till: CorePeer;
  /** The peers the relay says it is linked with. */
  readonly peers: () => Promise<readonly { readonly device?: string; readonly role?: string }[]>;
  readonly stop: () => Promise<void>;
};

/** A store: every relay dials all before it, each over a cable of its own, and every till sits at its relay. */
export type Mesh = {
  readonly tills: readonly MeshTill[];
  readonly cables: readonly RoughCable[];
  readonly stop: () => Promise<void>;
};

/** The session of a register of store 1. */
export function sessionOf(register: number): DocumentId {
  return documentId({
    organization: ORGANIZATION,
    key: { class: 'session', store: storeId(1), register: registerId(register), session: 1 },
  });
}

/** The key of a till's sale. */
export function saleKey(sale: number): string {
  return String(sale).padStart(9, '0');
}

/** An open relay in this process, on a free port; `register` 0 is head office's. */
export async function relayAt(
  data: string,
  register: number,
  dials: { readonly hq?: string; readonly peer?: string[] } = {},
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const isOffice = register === 0;
  const started = await startRelay(
    {
      data,
      port: 0,
      host: '127.0.0.1',
      hq: dials.hq,
      peer: dials.peer ?? [],
      role: isOffice ? 'hq' : 'relay',
      ...(isOffice ? {} : { store: storeId(1), register: registerId(register) }),
      organization: ORGANIZATION,
      open: true,
      'no-discovery': true,
      'log-level': 'error',
    },
    { certificate: undefined, log: pino({ level: 'silent' }), onJoined: () => undefined },
  );
  if (!started.ok) throw new Error(started.error);
  return started.value;
}

/** A till at the relay of a port. */
export function tillAt(port: number, register: number, name = `till-${register}`): Promise<CorePeer> {
  const id = String(register).padStart(16, '0');
  const device = { id, role: 'terminal', store: storeId(1), register: registerId(register) } as const;
  return CorePeer.connect(`ws://127.0.0.1:${port}/sync`, name, device);
}

/** Whoever reads along at head office. */
export function readerAt(port: number): Promise<CorePeer> {
  return CorePeer.connect(`ws://127.0.0.1:${port}/sync`, 'reader', { id: 'f'.repeat(16), role: 'indexer' });
}

/** Starts a store of so many tills in a folder; `office` is the cable of each to head office. */
export async function startMesh(
  folder: string,
  count: number,
  {
    cable = {},
    hq,
  }: { readonly cable?: Roughness; readonly hq?: (register: number) => string | undefined } = {},
): Promise<Mesh> {
  const tills: MeshTill[] = [];
  const cables: RoughCable[] = [];
  for (let register = 1; register <= count; register++) {
    const own: RoughCable[] = [];
    for (const other of tills) own.push(await RoughCable.to(other.port, cable));
    const office = hq?.(register);
    const relay = await relayAt(join(folder, `relay-${register}`), register, {
      ...(office === undefined ? {} : { hq: office }),
      peer: own.map(({ syncUrl }) => syncUrl),
    });
    cables.push(...own);
    const { port } = relay;
    tills.push({ port, till: await tillAt(port, register), peers: () => peersOf(port), stop: relay.stop });
  }
  const stop = async () => {
    await Promise.all(tills.map(({ till }) => till.close()));
    await Promise.all(tills.map((one) => one.stop()));
    await Promise.all(cables.map((one) => one.cut()));
  };
  return { tills, cables, stop };
}

/** Who a relay is linked with. */
export async function peersOf(port: number): Promise<readonly { device?: string; role?: string }[]> {
  const response = await fetch(`http://127.0.0.1:${port}/status`);
  return ((await response.json()) as { peers: { device?: string; role?: string }[] }).peers;
}

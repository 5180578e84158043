import { join } from 'node:path';
import type { ProgramSpec } from './child-program.ts';
import type { StationSpec } from './station.ts';

/** Programs of one machine talk over this address alone. */
export const LOOPBACK = '127.0.0.1';

/** The printer's name at the bridge of a till. */
export const RECEIPT_PRINTER = 'receipt';

/** The pole display's name at the bridge of a till. */
export const POLE_DISPLAY = 'pole';

/** The scale's name at the bridge of a till. */
export const SCALE = 'scale';

/** Where a program of a machine keeps its files. */
export function programFolder(data: string, { id }: Pick<StationSpec, 'id'>, program: string): string {
  return join(data, id, program);
}

/** A flag with its value; nothing where there is no value. */
function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

/**
 * What Node is told for a relay: of itself it gives new objects up to 100 MB and keeps them, and a relay makes many that are soon
 * forgotten. And it lets older ones grow to three times what is in use before it collects them, with the buffers they hold, where a third
 * more costs no more work: 289 MB in place of 407 when two hundred relays come back. (Nothing a running program can say of itself has this
 * effect.)
 */
export const RELAY_NODE_ARGS = ['--max-semi-space-size=4', '--heap-growing-percent=30'];

/** The relay of a machine. */
export function relayProgram(spec: StationSpec, data: string): ProgramSpec {
  return {
    name: `${spec.name} relay`,
    main: 'sync-relay/main.ts',
    nodeArgs: RELAY_NODE_ARGS,
    args: [
      ...flag('--data', programFolder(data, spec, 'relay')),
      ...flag('--port', String(spec.ports.relay)),
      ...flag('--role', spec.role === 'hq' ? 'hq' : 'relay'),
      ...flag('--host', spec.host),
      ...flag('--organization', spec.organization),
      ...flag('--store', spec.store),
      ...flag('--register', spec.register),
      ...flag('--hq', spec.hq),
      ...spec.peers.flatMap((peer) => ['--peer', peer]),
      ...(spec.relayFlags ?? []),
      ...flag('--log-level', 'warn'),
    ],
  };
}

/** The programs of a machine beside its relay. */
export function otherPrograms(spec: StationSpec, data: string): ProgramSpec[] {
  const { reports, bridge, printer, printerPage, display, terminal, scale, scalePage, relay } = spec.ports;
  const programs: ProgramSpec[] = [];
  const folder = (name: string) => programFolder(data, spec, name);
  if (reports !== undefined) {
    const args = [
      '--data',
      folder('reports'),
      '--port',
      String(reports),
      '--relay',
      `ws://${LOOPBACK}:${relay}/sync`,
    ];
    args.push(...flag('--organization', spec.organization));
    programs.push({ name: `${spec.name} reports`, main: 'reports-indexer/main.ts', args });
  }
  if (printer !== undefined && printerPage !== undefined) {
    const args = [
      '--port',
      String(printer),
      '--web-port',
      String(printerPage),
      '--name',
      spec.name,
      '--data',
      folder('printer'),
      ...flag('--display-port', display?.toString()),
    ];
    programs.push({ name: `${spec.name} printer`, main: 'hardware-bridge/virtual-printer/main.ts', args });
  }
  if (terminal !== undefined) {
    const args = ['--port', String(terminal), '--name', spec.name, '--approve-after', '4'];
    programs.push({ name: `${spec.name} terminal`, main: 'hardware-bridge/virtual-terminal/main.ts', args });
  }
  if (scale !== undefined && scalePage !== undefined) {
    const args = ['--port', String(scale), '--web-port', String(scalePage), '--name', spec.name];
    programs.push({ name: `${spec.name} scale`, main: 'hardware-bridge/virtual-scale/main.ts', args });
  }
  if (bridge !== undefined) {
    const virtual =
      printer === undefined ? [] : [`${RECEIPT_PRINTER}=tcp://${LOOPBACK}:${printer},columns=42`];
    const printers = [...virtual, ...(spec.printers ?? [])].flatMap((address) => ['--printer', address]);
    const pole = display === undefined ? [] : [`${POLE_DISPLAY}=tcp://${LOOPBACK}:${display}`];
    const displays = [...pole, ...(spec.displays ?? [])].flatMap((address) => ['--display', address]);
    const scaleUrl = scale === undefined ? spec.scale : `tcp://${LOOPBACK}:${scale}`;
    const scales = flag('--scale', scaleUrl && `${SCALE}=${scaleUrl}`);
    const args = ['--data', folder('bridge'), '--port', String(bridge), ...printers, ...displays, ...scales];
    programs.push({ name: `${spec.name} bridge`, main: 'hardware-bridge/main.ts', args });
  }
  return programs;
}

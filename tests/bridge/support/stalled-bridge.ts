import { connect } from 'node:net';
import process from 'node:process';
import pino from 'pino';
import { startBridge } from '../../../hardware-bridge/bridge.ts';
import { systemClock } from '../../../hardware-bridge/clock.ts';
import { readCommandLine } from '../../../hardware-bridge/command-line.ts';
import type { PrinterLink } from '../../../hardware-bridge/transport.ts';

/**
 * A bridge that stops half-way through the first paper it sends and stays there, so that a test can end it at that very moment. It takes
 * the bridge's own flags.
 */
const link: PrinterLink = {
  deliver: async (profile, parcel, steps) => {
    await steps.beforeFirstByte();
    const socket = connect(profile);
    socket.write(parcel.bytes.subarray(0, Math.floor(parcel.bytes.length / 2)));
    return new Promise(() => socket.resume());
  },
  read: async () => ({ state: 'ready', paperNearEnd: false }),
};

const options = readCommandLine(process.argv.slice(2));
if (!options.ok || options.value === 'help') throw new Error('wrong flags');
const log = pino(pino.destination(2));
const bridge = await startBridge(options.value, { clock: systemClock, link, log, version: '0', watchMs: 0 });
if (!bridge.ok) throw new Error(bridge.error);
process.stdout.write(`${JSON.stringify({ event: 'listening', port: bridge.value.port })}\n`);

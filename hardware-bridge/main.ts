import { readFileSync } from 'node:fs';
import process from 'node:process';
import pino from 'pino';
import * as v from 'valibot';
import { startBridge } from './bridge.ts';
import { systemClock } from './clock.ts';
import { HELP, readCommandLine } from './command-line.ts';
import { addressOf } from './printer-profiles.ts';
import { tcpLink } from './transport.ts';

/** How long a byte stream may take to finish when the bridge is stopped, in milliseconds. */
const GRACE_MS = 5000;
const WATCH_MS = 20_000;

const options = readCommandLine(process.argv.slice(2));
if (!options.ok) {
  process.stderr.write(`${options.error}\n`);
  process.exit(2);
}
if (options.value === 'help') {
  process.stdout.write(HELP);
  process.exit(0);
}

const log = pino({ name: 'hardware-bridge' }, pino.destination({ fd: 2, sync: true }));
const { version } = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')),
);
const link = tcpLink(systemClock);
const bridge = await startBridge(options.value, {
  clock: systemClock,
  link,
  log,
  version,
  watchMs: WATCH_MS,
});
if (!bridge.ok) {
  process.stderr.write(`${bridge.error}\n`);
  process.exit(1);
}

const { host, printers } = options.value;
const { port, stop } = bridge.value;
log.info(
  { host, port, printers: printers.map((printer) => `${printer.device} ${addressOf(printer)}`) },
  'listening',
);
process.stdout.write(
  `${JSON.stringify({ event: 'listening', port, host, printers: printers.map((p) => p.device) })}\n`,
);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    stop(GRACE_MS).then(
      () => process.exit(0),
      (cause: unknown) => {
        log.error({ err: cause }, 'stopping failed');
        process.exit(1);
      },
    );
  });
}

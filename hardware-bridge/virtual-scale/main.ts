import process from 'node:process';
import { parseArgs } from 'node:util';
import { SCALE_PROTOCOLS } from '../scale-frames.ts';
import { startVirtualScale } from './virtual-scale.ts';

const HELP = `Tillmesh virtual scale: answers like a scale behind a serial converter; what lies on it is set on its page.

  node hardware-bridge/virtual-scale/main.ts --port 4001 --web-port 4081

  --port N             port that answers a bridge's questions (0 picks a free one)
  --web-port N         port of the page (0 picks a free one)
  --protocol NAME      8217 (Toledo) or nci (Weigh-Tronix); 8217 when left out
  --host ADDRESS       address to listen on (127.0.0.1)
  --name NAME          name on the page, for example S01-R1
  --help               this text
`;

function stopWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function readFlags() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      strict: true,
      options: {
        port: text,
        'web-port': text,
        protocol: text,
        host: text,
        name: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    return stopWith(cause instanceof Error ? cause.message : String(cause));
  }
}

function portOf(name: string, given: string | undefined): number {
  const port = /^[0-9]{1,5}$/.test(given ?? '') ? Number(given) : Number.NaN;
  return port <= 65_535 ? port : stopWith(`--${name} is needed: a whole number from 0 to 65535.`);
}

const flags = readFlags();
if (flags.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const protocol = SCALE_PROTOCOLS.find((known) => known === (flags.protocol ?? '8217'));
if (!protocol)
  stopWith(`--protocol ${flags.protocol} is not known; choose one of ${SCALE_PROTOCOLS.join(', ')}.`);
const scale = await startVirtualScale({
  port: portOf('port', flags.port),
  webPort: portOf('web-port', flags['web-port']),
  protocol,
  ...(flags.host === undefined ? {} : { host: flags.host }),
  ...(flags.name === undefined ? {} : { name: flags.name }),
}).catch((cause: unknown) =>
  stopWith(`The virtual scale cannot start: ${cause instanceof Error ? cause.message : String(cause)}.`),
);
const { port, webPort } = scale;
process.stdout.write(`${JSON.stringify({ event: 'listening', port, webPort })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void scale.stop().finally(() => process.exit(0)));
}

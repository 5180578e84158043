import process from 'node:process';
import { parseArgs } from 'node:util';
import { startVirtualTerminal } from './virtual-terminal.ts';

const HELP = `Tillmesh virtual card terminal: takes payments over HTTP and shows them on a page, where a person plays the customer.

  node hardware-bridge/virtual-terminal/main.ts --port 9300

  --port N             port to listen on (0 picks a free one)
  --host ADDRESS       address to listen on (127.0.0.1)
  --name NAME          name on the page, for example S01-R1
  --approve-after N    approve cards by itself after N seconds
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
      options: { port: text, host: text, name: text, 'approve-after': text, help: { type: 'boolean' } },
    }).values;
  } catch (cause) {
    return stopWith(cause instanceof Error ? cause.message : String(cause));
  }
}

const flags = readFlags();
if (flags.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const port = Number(flags.port ?? Number.NaN);
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  stopWith('--port is needed: a whole number from 0 to 65535.');
const seconds = flags['approve-after'] === undefined ? undefined : Number(flags['approve-after']);
if (seconds !== undefined && !(seconds >= 0 && seconds <= 3600))
  stopWith('--approve-after is a number of seconds.');

const terminal = await startVirtualTerminal({
  port,
  ...(flags.host === undefined ? {} : { host: flags.host }),
  ...(flags.name === undefined ? {} : { name: flags.name }),
  ...(seconds === undefined ? {} : { approveAfterMs: seconds * 1000 }),
}).catch((cause: unknown) =>
  stopWith(`The virtual terminal cannot start: ${cause instanceof Error ? cause.message : String(cause)}.`),
);
process.stdout.write(`${JSON.stringify({ event: 'listening', port: terminal.port })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void terminal.stop().finally(() => process.exit(0)));
}

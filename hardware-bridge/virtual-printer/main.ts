import process from 'node:process';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { err, ok, type Result } from '#model/result.ts';
import { startVirtualPrinter, type VirtualPrinter, type VirtualPrinterOptions } from './virtual-printer.ts';

const HELP = `Tillmesh virtual printer: takes ESC/POS on a network port and shows the papers on a page.

  node hardware-bridge/virtual-printer/main.ts --port 9100 --web-port 9180

  --port N         port that takes print data (0 picks a free one)
  --web-port N     port of the page (0 picks a free one)
  --display-port N port that takes the text of a pole display beside it
  --host ADDRESS   address to listen on (127.0.0.1)
  --name NAME      name on the page, for example S01-R1
  --columns N      characters in a line, 20 to 80 (42)
  --data DIR       folder that keeps the last 200 papers over a restart
  --help           this text
`;

function readFlags(args: readonly string[]): Result<VirtualPrinterOptions | 'help', string> {
  const flags = parseFlags(args);
  if (!flags.ok) return flags;
  const { values } = flags.value;
  if (values.help) return ok('help');
  const port = readNumber(values.port, 0, 65_535);
  if (port === null) return err('--port is needed: a whole number from 0 to 65535, usually 9100.');
  const webPort = readNumber(values['web-port'], 0, 65_535);
  if (webPort === null) return err('--web-port is needed: a whole number from 0 to 65535.');
  const displayPort =
    values['display-port'] === undefined ? undefined : readNumber(values['display-port'], 0, 65_535);
  if (displayPort === null) return err('--display-port is a whole number from 0 to 65535.');
  const columns = readNumber(values.columns ?? '42', 20, 80);
  if (columns === null) return err(`--columns ${values.columns}: lines have 20 to 80 characters.`);
  return ok({
    port,
    webPort,
    columns,
    ...(displayPort === undefined ? {} : { displayPort }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(values.data === undefined ? {} : { data: values.data }),
  });
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    port: text,
    'web-port': text,
    'display-port': text,
    host: text,
    name: text,
    columns: text,
    data: text,
  } as const;
  try {
    return ok(
      parseArgs({ args: [...args], strict: true, options: { ...options, help: { type: 'boolean' } } }),
    );
  } catch (cause) {
    return err(`${cause instanceof Error ? cause.message : String(cause)} (--help lists the flags.)`);
  }
}

function readNumber(text: string | undefined, least: number, most: number): number | null {
  const value = /^[0-9]{1,5}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

async function start(options: VirtualPrinterOptions): Promise<Result<VirtualPrinter, string>> {
  try {
    return ok(await startVirtualPrinter(options));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const taken = /EADDRINUSE.*:(\d+)/.exec(reason);
    return err(
      taken
        ? `Port ${taken[1]} is in use. Stop what uses it, or choose another.`
        : `The virtual printer cannot start: ${reason}.`,
    );
  }
}

const options = readFlags(process.argv.slice(2));
if (!options.ok) {
  process.stderr.write(`${options.error}\n`);
  process.exit(2);
}
if (options.value === 'help') {
  process.stdout.write(HELP);
  process.exit(0);
}

const log = pino({ name: 'virtual-printer' }, pino.destination({ fd: 2, sync: true }));
const printer = await start({ ...options.value, log });
if (!printer.ok) {
  process.stderr.write(`${printer.error}\n`);
  process.exit(1);
}
const { port, webPort, displayPort, stop } = printer.value;
log.info({ port, webPort }, 'listening');
process.stdout.write(
  `${JSON.stringify({ event: 'listening', port, webPort, displayPort, name: printer.value.state().name })}\n`,
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop().then(
      () => process.exit(0),
      (cause: unknown) => {
        log.error({ err: cause }, 'stopping failed');
        process.exit(1);
      },
    );
  });
}

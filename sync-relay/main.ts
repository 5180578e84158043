import { collectNow } from './give-back.ts';
import { pino } from 'pino';
import { isProcessAlive, lockFolder } from './folder-lock.ts';
import { USAGE, readOptions, type RelayOptions } from './options.ts';
import { startRelay, type RunningRelay } from './start-relay.ts';
import { serverCertificate, trustAuthority } from './tls-files.ts';

function fail(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

const options = readOptions(process.argv.slice(2));
if (!options.ok) fail(2, `${options.error}\n\n${USAGE}`);
if (options.value === 'help') {
  process.stdout.write(USAGE);
  process.exit(0);
}
await run(options.value);

async function run(settings: RelayOptions): Promise<void> {
  const log = pino({ name: 'relay', level: settings['log-level'] }, pino.destination(2));
  const certificate = await serverCertificate(settings);
  if (!certificate.ok) fail(2, certificate.error);
  const authority = await trustAuthority(settings);
  if (!authority.ok) fail(2, authority.error);
  const lock = await lockFolder(settings.data, isProcessAlive);
  if (!lock.ok) fail(1, lock.error);

  let stopping = false;
  const start = async (port: number): Promise<RunningRelay> => {
    const surroundings = { certificate: certificate.value, log, onJoined };
    const started = await startRelay({ ...settings, port }, surroundings);
    collectNow();
    return started.ok ? started.value : fail(1, started.error);
  };
  // A relay that has joined begins anew, on the port it had.
  const again = async ({ stop, port }: RunningRelay) => {
    await stop();
    return start(port);
  };
  const onJoined = () => {
    if (!stopping) running = running.then(again);
  };
  let running = start(settings.port);
  const { port, device, enrolled } = await running;
  process.stdout.write(`${JSON.stringify({ event: 'listening', port, device, enrolled })}\n`);

  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await (await running).stop();
    await lock.value.release();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
}

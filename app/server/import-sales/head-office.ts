import { join } from 'node:path';
import { ChildProgram } from '../child-program.ts';

/** Head office's programs while an import runs: the relay that keeps the documents, the indexer that reports them. */
export type HeadOffice = {
  readonly syncUrl: string;
  readonly relayUrl: string;
  readonly reportsUrl: string;
  readonly stop: () => Promise<void>;
};

/** Starts head office's relay and indexer on a data folder, on free ports. Rejects with a program's own sentence. */
export async function startHeadOffice(
  project: string,
  data: string,
  organization: string,
  log: (line: string) => void,
): Promise<HeadOffice> {
  const program = (name: string, main: string, args: readonly string[]) =>
    new ChildProgram(
      { name, main, args: ['--port', '0', ...args] },
      project,
      log,
      ({ name: who, what, detail }) => log(`${who} ${what}: ${detail}`),
    );
  const hq = ['--role', 'hq', '--log-level', 'warn'];
  const relay = program('relay', 'sync-relay/main.ts', [
    ...hq,
    '--data',
    join(data, 'hq', 'relay'),
    '--organization',
    organization,
  ]);
  const { port } = await relay.start();
  const syncUrl = `ws://127.0.0.1:${Number(port)}/sync`;
  const folder = join(data, 'hq', 'reports');
  const reports = program('reports', 'reports-indexer/main.ts', [
    '--data',
    folder,
    '--relay',
    syncUrl,
    '--organization',
    organization,
  ]);
  try {
    const { port: reportsPort } = await reports.start();
    return {
      syncUrl,
      relayUrl: `http://127.0.0.1:${Number(port)}`,
      reportsUrl: `http://127.0.0.1:${Number(reportsPort)}`,
      stop: async () => {
        await reports.stop();
        await relay.stop();
      },
    };
  } catch (cause) {
    await relay.stop();
    throw cause;
  }
}

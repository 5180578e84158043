import { join } from 'node:path';
import { headOfficeProgram, startHeadOfficeRelay } from '../head-office-relay.ts';

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
  const relay = await startHeadOfficeRelay(project, data, organization, log);
  const folder = ['--data', join(data, 'hq', 'reports')];
  const args = [...folder, '--relay', relay.syncUrl, '--organization', organization];
  const reports = headOfficeProgram({ name: 'reports', main: 'reports-indexer/main.ts', args }, project, log);
  try {
    const { port } = await reports.start();
    return {
      syncUrl: relay.syncUrl,
      relayUrl: relay.url,
      reportsUrl: `http://127.0.0.1:${Number(port)}`,
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

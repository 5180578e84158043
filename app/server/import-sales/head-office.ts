import { join } from 'node:path';
import {
  headOfficeDevice,
  listDevice,
  openHeadOffice,
  type HeadOfficeDocuments,
} from '../head-office-documents.ts';
import { headOfficeProgram, headOfficeRelayFolder, startHeadOfficeRelay } from '../head-office-relay.ts';
import { enrolMachine, machineEnrolment } from '../machine-enrolment.ts';

/** Head office's programs while an import runs: the relay that keeps the documents, the indexer that reports them. */
export type HeadOffice = HeadOfficeDocuments & {
  readonly relayUrl: string;
  /** Starts the indexer, once head office is listed; gives the address of the reports. */
  readonly startReports: () => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Starts head office's relay on a data folder, on a free port, and works as it. Rejects with a program's own sentence. */
export async function startHeadOffice(
  project: string,
  data: string,
  organization: string,
  log: (line: string) => void,
): Promise<HeadOffice> {
  const relay = await startHeadOfficeRelay(project, data, organization, log);
  try {
    const opened = await openHeadOffice(headOfficeRelayFolder(data), organization, relay.syncUrl);
    if (!opened.ok) throw new Error(opened.error);
    const now = new Date().toISOString();
    const trouble = await listDevice(opened.value, headOfficeDevice(opened.value.key, now));
    if (trouble !== undefined) throw new Error(trouble);
    const folder = join(data, 'hq', 'reports');
    const args = ['--data', folder, '--relay', relay.syncUrl, '--organization', organization];
    const reports = headOfficeProgram(
      { name: 'reports', main: 'reports-indexer/main.ts', args },
      project,
      log,
    );
    return {
      ...opened.value,
      relayUrl: relay.url,
      startReports: async () => {
        await enrolIndexer(opened.value, folder);
        const { port } = await reports.start();
        return `http://127.0.0.1:${Number(port)}`;
      },
      stop: async () => {
        await opened.value.documents.close();
        await reports.stop();
        await relay.stop();
      },
    };
  } catch (cause) {
    await relay.stop();
    throw cause;
  }
}

async function enrolIndexer(headOffice: HeadOfficeDocuments, folder: string): Promise<void> {
  const known = await machineEnrolment(folder);
  if (!known.ok) throw new Error(known.error);
  if (known.value !== undefined) return;
  const enrolled = await enrolMachine(headOffice, folder, { name: 'HQ', role: 'indexer' });
  if (!enrolled.ok) throw new Error(enrolled.error);
}

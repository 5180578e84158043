import { startProgram } from '../../../support/program.ts';
import type { SyncServer } from '../sync-system.ts';

/** Starts a rival's server, `tests/bench/sync/servers/NAME.ts FOLDER`, as a process of its own. */
export async function startRivalServer(name: string, folder: string): Promise<SyncServer> {
  const server = await startProgram(`tests/bench/sync/servers/${name}.ts`, [folder]);
  return {
    port: server.ready.port,
    pid: server.process.pid ?? 0,
    stop: async () => {
      await server.stop();
    },
  };
}

import { join } from 'node:path';
import * as v from 'valibot';
import { ChildProgram, type ProgramSpec } from './child-program.ts';
import { RELAY_NODE_ARGS } from './station-programs.ts';

/** Head office's relay while a command works on its documents. */
export type HeadOfficeRelay = {
  readonly syncUrl: string;
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/** Where head office's relay keeps its files inside a data folder. */
export function headOfficeRelayFolder(data: string): string {
  return join(data, 'hq', 'relay');
}

/** One of head office's programs, on a free port; its restarts are told to `log`. */
export function headOfficeProgram(
  spec: ProgramSpec,
  project: string,
  log: (line: string) => void,
): ChildProgram {
  return new ChildProgram(
    { ...spec, args: ['--port', '0', ...spec.args] },
    project,
    log,
    ({ name, what, detail }) => log(`${name} ${what}: ${detail}`),
  );
}

/** Starts head office's relay alone on a data folder, on a free port. Rejects with the relay's own sentence. */
export async function startHeadOfficeRelay(
  project: string,
  data: string,
  organization: string,
  log: (line: string) => void,
): Promise<HeadOfficeRelay> {
  const folder = ['--data', headOfficeRelayFolder(data)];
  const args = ['--role', 'hq', '--log-level', 'warn', ...folder, '--organization', organization];
  const relay = headOfficeProgram(
    { name: 'relay', main: 'sync-relay/main.ts', args, nodeArgs: RELAY_NODE_ARGS },
    project,
    log,
  );
  const { port } = await relay.start();
  return {
    syncUrl: `ws://127.0.0.1:${Number(port)}/sync`,
    url: `http://127.0.0.1:${Number(port)}`,
    stop: () => relay.stop(),
  };
}

const statusSchema = v.object({ sessions: v.record(v.string(), v.number()) });

/** The latest session of each register, by register name, as a relay knows it. */
export async function latestSessions(relayUrl: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${relayUrl}/status`);
  return v.parse(statusSchema, await response.json()).sessions;
}

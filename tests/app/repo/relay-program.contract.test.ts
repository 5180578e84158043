import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../../support/free-ports.ts';
import { PATIENCE } from '../../support/patience.ts';
import { startProgram } from '../../support/program.ts';
import { documentsContract, type ContractSubject } from './documents.contract.ts';
import { leavingContract } from './leaving.contract.ts';
import { nodeTerminal } from './node-terminal.ts';

async function start(): Promise<ContractSubject> {
  const data = await mkdtemp(join(tmpdir(), 'tillmesh-relay-'));
  const port = await freePort();
  const run = () =>
    startProgram('sync-relay/main.ts', ['--data', data, '--port', String(port), '--open', '--no-discovery']);
  let relay = await run();
  const syncUrl = `ws://127.0.0.1:${port}/sync`;
  const documents = nodeTerminal(2, { syncUrl });
  const other = nodeTerminal(3, { syncUrl });
  let isUp = true;
  return {
    documents,
    // Without a relay it is on its way as soon as the other terminal has it.
    peerWrites: (key, changes) =>
      isUp
        ? vi.waitFor(async () => {
            const { relay: copy } = await other.writeDurably(key, changes, 5_000);
            if (copy !== 'saved') throw new Error(`the other terminal's relay copy is ${copy}`);
          }, PATIENCE)
        : other.write(key, changes),
    peerReads: (key) => other.open(key),
    cut: async () => {
      isUp = false;
      await relay.kill();
    },
    restore: async () => {
      relay = await run();
      isUp = true;
    },
    end: async () => {
      await documents.close();
      await other.close();
      await relay.kill();
      await rm(data, { recursive: true, force: true });
    },
  };
}

documentsContract('two terminals in Node and the relay program', start);
leavingContract('two terminals in Node and the relay program', start);

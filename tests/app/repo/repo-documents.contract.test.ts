import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { documentsContract } from './documents.contract.ts';
import { healingContract } from './healing.contract.ts';
import { leavingContract } from './leaving.contract.ts';
import { nodeTerminal, ORGANIZATION } from './node-terminal.ts';

async function start() {
  const relay = await WireRelay.start();
  const documents = nodeTerminal(2, { syncUrl: relay.url });
  const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
  return {
    documents,
    forbid: (key: DocumentKey) => Promise.resolve(relay.forbid(idOf(key))),
    peerWrites: (key: DocumentKey, changes: Readonly<Record<string, string | undefined>>) =>
      Promise.resolve(relay.write(idOf(key), changes)),
    peerReads: (key: DocumentKey) => Promise.resolve(relay.entries(idOf(key)) ?? {}),
    cut: () => relay.cut(),
    restore: () => relay.listen(),
    end: async () => {
      await documents.close();
      await relay.cut();
    },
  };
}

documentsContract('a Repo in Node and a relay in memory', start);
healingContract('a Repo in Node and a relay in memory', start);
leavingContract('a Repo in Node and a relay in memory', start);

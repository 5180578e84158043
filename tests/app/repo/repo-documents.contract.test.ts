import { documentId } from '#model/ids/document-id.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { documentsContract } from './documents.contract.ts';
import { nodeTerminal, ORGANIZATION } from './node-terminal.ts';

documentsContract('a Repo in Node and a relay in memory', async () => {
  const relay = await WireRelay.start();
  const documents = nodeTerminal(2, { syncUrl: relay.url });
  const idOf = (key: Parameters<typeof documents.open>[0]) => documentId({ organization: ORGANIZATION, key });
  return {
    documents,
    peerWrites: (key, changes) => Promise.resolve(relay.write(idOf(key), changes)),
    peerReads: (key) => Promise.resolve(relay.entries(idOf(key)) ?? {}),
    cut: () => relay.cut(),
    restore: () => relay.listen(),
    end: async () => {
      await documents.close();
      await relay.cut();
    },
  };
});

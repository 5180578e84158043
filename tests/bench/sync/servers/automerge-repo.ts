import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rivalModule, rivalRequire } from '../rival-packages.ts';
import type { AutomergeRepo, NodeFsStorage, WebSocketNetwork, WsServer } from '../rival-types.ts';

// The published pattern of automerge-repo's sync server: a Repo with a WebSocket server and a folder.
const { Repo } = await rivalModule<AutomergeRepo>('@automerge/automerge-repo');
const { WebSocketServerAdapter } = await rivalModule<WebSocketNetwork>(
  '@automerge/automerge-repo-network-websocket',
);
const { NodeFSStorageAdapter } = await rivalModule<NodeFsStorage>('@automerge/automerge-repo-storage-nodefs');
const { WebSocketServer } = rivalRequire<WsServer>('ws');

const folder = process.argv[2] ?? '';
const http = createServer();
const sockets = new WebSocketServer({ server: http });
const repo = new Repo({
  network: [new WebSocketServerAdapter(sockets)],
  storage: new NodeFSStorageAdapter(folder),
  peerId: 'server',
  sharePolicy: async () => true,
});
http.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (http.address() as AddressInfo).port }));
});
process.on('SIGTERM', () => void repo.flush().then(() => process.exit(0)));

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rivalRequire } from '../rival-packages.ts';
import type { WsServer, YWebsocketServer } from '../rival-types.ts';

// y-websocket's own server with its own persistence; it reads the folder from the environment as it is loaded.
process.env['YPERSISTENCE'] = process.argv[2] ?? '';
// What it prints must not come before the line this program is waited for.
console.info = () => undefined;
const { setupWSConnection } = rivalRequire<YWebsocketServer>('y-websocket/bin/utils');
const { WebSocketServer } = rivalRequire<WsServer>('ws');

const http = createServer();
const sockets = new WebSocketServer({ server: http });
sockets.on('connection', (socket, request) => setupWSConnection(socket, request));
http.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (http.address() as AddressInfo).port }));
});
process.on('SIGTERM', () => process.exit(0));

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';

// A peer that sends rubbish as fast as it is let in, on a thread of its own: another machine's work is not the store's.
for (;;) {
  const socket = new WebSocket(String(workerData));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.on('open', () => socket.send(randomBytes(10_000)));
  await closed;
}

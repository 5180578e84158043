import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A printer that does what a test says, byte for byte; unlike the virtual one it may be as wrong as real ones are. */
export type ScriptedPrinter = {
  readonly port: number;
  /** Everything it has received, over all connections. */
  readonly received: () => Buffer;
  /** How many connections were made, and how many of them ended with a goodbye and not with a reset. */
  readonly connections: () => { readonly made: number; readonly ended: number };
};

/** Starts a scripted printer; `react` sees every portion together with all that came before on the connection. */
export async function scriptedPrinter(
  react: (socket: Socket, soFar: Buffer, portion: Buffer) => void,
): Promise<ScriptedPrinter> {
  const all: Buffer[] = [];
  const open = new Set<Socket>();
  let made = 0;
  let ended = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let soFar = Buffer.alloc(0);
    made += 1;
    open.add(socket);
    socket.on('data', (portion) => {
      all.push(portion);
      soFar = Buffer.concat([soFar, portion]);
      react(socket, soFar, portion);
    });
    socket.once('end', () => (ended += 1));
    socket.once('error', () => open.delete(socket));
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('it has no port');
  return { port: address.port, received: () => Buffer.concat(all), connections: () => ({ made, ended }) };
}

/** Answers every DLE EOT n of a portion with the byte given for it. */
export function answerStatus(
  socket: Socket,
  portion: Buffer,
  answers: Readonly<Record<number, number>>,
): void {
  for (
    let at = portion.indexOf('\u0010\u0004', 0, 'latin1');
    at >= 0;
    at = portion.indexOf('\u0010\u0004', at + 1, 'latin1')
  ) {
    const answer = answers[portion[at + 2] ?? 0];
    if (answer !== undefined) socket.write(Buffer.of(answer));
  }
}

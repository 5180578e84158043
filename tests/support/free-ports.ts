import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports the system gives to outgoing connections and to `listen(0)`: one of those could be taken by any
 * connection of another test between finding it free here and listening on it there.
 */
const RANGE = { from: 15_000, to: 32_000 } as const;

/** Ports of this machine that nothing listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(RANGE.from, RANGE.to);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** A port of this machine that nothing listens on now, for what comes and goes at one address. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Whether nothing listens on a port of this machine now. */
export function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      if ('code' in cause && cause.code === 'EADDRINUSE') resolve(false);
      else reject(cause);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

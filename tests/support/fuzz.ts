import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { WebSocket } from 'ws';

/** Bytes made from valid ones: some changed, cut off, put in, or two messages grown together; now and then plain noise. */
export function mutated(valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const one = fc.constantFrom(...valid);
  const place = fc.nat(1_000_000);
  const edits = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 6 });
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(one, edits).map(([bytes, changes]) => edit(bytes, changes)) },
    { weight: 1, arbitrary: fc.tuple(one, place).map(([bytes, at]) => bytes.subarray(0, at % bytes.length)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(one, place, fc.uint8Array({ minLength: 1, maxLength: 20 }))
        .map(([bytes, at, noise]) => splice(bytes, at % bytes.length, noise)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(one, one, place)
        .map(([a, b, at]) => splice(a.subarray(0, at % a.length), a.length, b.subarray(at % b.length))),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  );
}

function edit(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [at, value] of changes) copy[at % copy.length] = value;
  return copy;
}

function splice(bytes: Uint8Array, at: number, inserted: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at)]);
}

/** Values drawn from an arbitrary, with the seed to draw them again. */
export function drawn<Value>(
  arbitrary: fc.Arbitrary<Value>,
  count: number,
  seed = Date.now() % 2 ** 31,
): { readonly seed: number; readonly values: readonly Value[] } {
  return { seed, values: fc.sample(arbitrary, { numRuns: count, seed }) };
}

/** Does something with every value, `width` at a time. */
export async function forAll<Value>(
  values: readonly Value[],
  width: number,
  act: (value: Value) => Promise<void>,
): Promise<void> {
  const waiting = values.values();
  const lane = async () => {
    for (const value of waiting) await act(value);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/**
 * Sends frames on a fresh WebSocket, after whatever `greet` does on it, and waits until the other side has closed it or has
 * answered the WebSocket ping behind them, that is, has read them all.
 */
export async function sendFrames(
  url: string,
  frames: readonly Uint8Array[],
  greet: (socket: WebSocket) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  // A connection that is cut while it opens or writes is one way the other side may refuse.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await Promise.race([once(socket, 'open'), closed]);
  await Promise.race([greet(socket), closed]);
  if (socket.readyState === WebSocket.OPEN) {
    for (const frame of frames) socket.send(frame);
    const read = new Promise<void>((resolve) => socket.once('pong', () => resolve()));
    socket.ping();
    await Promise.race([read, closed]);
  }
  socket.terminate();
  await closed;
}

/** Sends bytes as an HTTP request; gives the first bytes of the answer, or '' when the other side just hangs up. */
export async function sendRequest(port: number, bytes: Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      end();
    });
    // Half a request is ended here; what the server makes of it is seen afterwards.
    socket.on('connect', () => socket.end(bytes));
    socket.on('error', end);
    socket.on('close', end);
  });
}

/** An HTTP request as bytes, to the server on `port`: one that checks its own name would refuse every other unread. */
export function requestBytes(port: number, method: string, path: string, body?: string): Buffer {
  const length =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${length}connection: close\r\n\r\n${body ?? ''}`,
  );
}

/** Requests with valid frame and mutated body: the mutants get past the HTTP parser. */
export function mutatedBodies(
  port: number,
  method: string,
  path: string,
  bodies: readonly object[],
): fc.Arbitrary<Uint8Array> {
  const texts = bodies.map((body) => Buffer.from(JSON.stringify(body)));
  return mutated(texts).map((body) => requestBytes(port, method, path, Buffer.from(body).toString('latin1')));
}

/** JSON objects with one member replaced by something odd. */
export function oddMembers(bodies: readonly object[]): fc.Arbitrary<object> {
  return fc.tuple(fc.constantFrom(...bodies), fc.nat(20), fc.jsonValue()).map(([body, which, value]) => {
    const keys = Object.keys(body);
    return { ...body, [keys[which % keys.length] ?? 'x']: value };
  });
}

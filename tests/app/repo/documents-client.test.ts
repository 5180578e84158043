import { expect, test } from 'vitest';
import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { ok } from '#model/result.ts';
import { deviceKeyOf, newDeviceKey } from '../../../app/lib/device/device-key.ts';
import { DocumentsClient } from '../../../app/lib/repo/documents-client.ts';
import { DocumentsHost } from '../../../app/lib/repo/documents-host.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import type {
  DocumentsStart,
  FromWorker,
  ToWorker,
  WorkerEnd,
} from '../../../app/lib/repo/documents-messages.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { hostSurroundings } from '../../../app/lib/repo/surroundings.ts';
import { collect, documentsContract, session } from './documents.contract.ts';
import { healingContract } from './healing.contract.ts';
import { manualSurroundings } from './manual-surroundings.ts';
import { terminal } from './node-terminal.ts';

const START: DocumentsStart = {
  identity: terminal(1),
  syncUrl: 'ws://x',
  database: 'd',
  whenTaken: 'refuse',
  wasmUrl: 'automerge.wasm',
};

type MessageListener = (event: { readonly data: FromWorker }) => void;
type ErrorListener = (event: { readonly message: string }) => void;

/** A worker without a thread: messages are copied and come later, as between a page and a worker. */
class LoopWorker implements WorkerEnd {
  readonly #host: DocumentsHost | undefined;
  readonly #listeners: MessageListener[] = [];
  readonly #errors: ErrorListener[] = [];
  readonly toPage: FromWorker['type'][] = [];
  terminated = false;

  constructor(start: ((start: DocumentsStart) => Promise<Documents | 'taken'>) | undefined) {
    const post = (message: FromWorker) => {
      const data = structuredClone(message);
      this.toPage.push(data.type);
      setImmediate(() => {
        if (!this.terminated) for (const listener of this.#listeners) listener({ data });
      });
    };
    this.#host = start && new DocumentsHost({ post, start, surroundings: hostSurroundings });
  }

  postMessage(message: ToWorker): void {
    const data = structuredClone(message);
    setImmediate(() => void this.#host?.take(data));
  }

  addEventListener(type: 'message', listener: MessageListener): void;
  addEventListener(type: 'error', listener: ErrorListener): void;
  addEventListener(type: 'message' | 'error', listener: (event: never) => void): void {
    if (type === 'message') this.#listeners.push(listener as MessageListener);
    else this.#errors.push(listener as ErrorListener);
  }

  fail(message: string): void {
    for (const listener of this.#errors) listener({ message });
  }

  terminate(): void {
    this.terminated = true;
  }
}

function clientOf(worker: LoopWorker, surroundings = hostSurroundings) {
  const trouble: string[] = [];
  const client = new DocumentsClient({ worker, surroundings, trouble: (detail) => trouble.push(detail) });
  return { client, trouble };
}

async function throughWorker() {
  const memory = new MemoryDocuments();
  const { client } = clientOf(new LoopWorker(() => Promise.resolve(memory)));
  await client.start(START);
  client.watch(() => undefined);
  let isApart = false;
  const link = (connected: boolean) => {
    isApart = !connected;
    memory.setConnected(connected);
  };
  return {
    documents: client,
    forbid: (key: DocumentKey) => {
      memory.relayRefuses = ({ class: name }) => name === key.class;
      return Promise.resolve();
    },
    peerWrites: (key: DocumentKey, changes: Readonly<Record<string, string | undefined>>) => {
      if (isApart) memory.receiveApart(key, changes as Entries);
      else memory.receive(key, changes);
      return Promise.resolve();
    },
    peerReads: (key: DocumentKey) => memory.open(key),
    cut: () => Promise.resolve(link(false)),
    restore: () => Promise.resolve(link(true)),
    end: () => client.close(),
  };
}

documentsContract('through a worker', throughWorker);
healingContract('through a worker', throughWorker);

test('the key of the device reaches the worker, which can sign with it', async () => {
  const deviceKey = await newDeviceKey(START.identity.device);
  const { promise: started, resolve } = Promise.withResolvers<DocumentsStart>();
  const worker = new LoopWorker((start) => {
    resolve(start);
    return Promise.resolve(new MemoryDocuments());
  });
  await clientOf(worker).client.start({ ...START, deviceKey });
  const { deviceKey: posted } = await started;
  expect(posted).toMatchObject({ id: deviceKey.id, publicKey: deviceKey.publicKey });
  expect(posted && (await deviceKeyOf(posted).sign('text'))).toBe(await deviceKeyOf(deviceKey).sign('text'));
});

test('a database another tab has is refused in words, and the worker ends', async () => {
  const worker = new LoopWorker(() => Promise.resolve('taken'));
  expect(await clientOf(worker).client.start(START)).toMatchObject({
    ok: false,
    error: { code: 'already-open-in-another-tab', message: expect.stringContaining('another tab') },
  });
  expect(worker.terminated).toBe(true);
});

test('documents that cannot start, and a worker that cannot be loaded, are refusals', async () => {
  const failing = new LoopWorker(() => Promise.reject(new Error('no wasm')));
  expect(await clientOf(failing).client.start(START)).toEqual({
    ok: false,
    error: { code: 'not-started', message: 'The documents did not start: no wasm' },
  });
  const broken = new LoopWorker(undefined);
  const { client, trouble } = clientOf(broken);
  const starting = client.start(START);
  broken.fail('');
  expect(await starting).toMatchObject({ ok: false, error: { code: 'not-started' } });
  expect(trouble).toEqual(['the documents worker failed: it could not be loaded']);
});

test('a call before the start and a call that fails reject with the reason', async () => {
  const early = clientOf(new LoopWorker(() => Promise.resolve('taken')));
  await expect(early.client.open(session(1))).rejects.toThrow('the documents have not started');
  const memory = new MemoryDocuments();
  const { client } = clientOf(new LoopWorker(() => Promise.resolve(memory)));
  expect(await client.start(START)).toEqual(ok(client));
  memory.failHere = 'the disk is full';
  await expect(client.write(session(1), { a: '1' })).rejects.toThrow('the disk is full');
});

test('many events reach the page in one message, before the answer they precede', async () => {
  const memory = new MemoryDocuments();
  const worker = new LoopWorker(() => Promise.resolve(memory));
  const { client } = clientOf(worker);
  await client.start(START);
  const heard = collect(client);
  for (let i = 0; i < 100; i++) memory.receive(session(1), { [String(i)]: 'x' });
  await client.open(session(1));
  expect(heard.of(session(1))).toHaveLength(100);
  expect(worker.toPage).toEqual(['started', 'events', 'answer']);
});

test('events told before anyone listens go to the first who does', async () => {
  const memory = new MemoryDocuments();
  const { client } = clientOf(new LoopWorker(() => Promise.resolve(memory)));
  await client.start(START);
  memory.receive(session(1), { a: '1' });
  await client.open(session(1));
  const first = collect(client);
  const second = collect(client);
  expect(first.entriesOf(session(1))).toEqual({ a: '1' });
  expect(second.events).toEqual([]);
});

test('a worker that dies leaves nobody waiting: a durable write failed, a call rejects', async () => {
  const time = manualSurroundings();
  const worker = new LoopWorker(undefined);
  const { client } = clientOf(worker, time);
  const saved = client.writeDurably(session(1), { a: '1' }, 1_000);
  time.pass(5_000);
  expect(await saved).toEqual({
    here: 'failed',
    relay: 'late',
    cause: 'the documents worker does not answer',
  });
  const opening = client.open(session(1));
  worker.fail('out of memory');
  await expect(opening).rejects.toThrow('the documents worker failed: out of memory');
});

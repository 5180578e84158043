import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Message } from '@automerge/automerge-repo/slim';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Frame } from '#model/protocol/frame.ts';
import { RETRY_BOUNDS, backoffDelay } from '../../../app/lib/repo/backoff.ts';
import { hostSurroundings } from '../../../app/lib/repo/surroundings.ts';
import { LINK_LIMITS } from '../../../app/lib/repo/websocket-link.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { manualSurroundings } from './manual-surroundings.ts';
import {
  PATIENCE,
  device,
  dialling,
  greetOnly,
  greeting,
  socketServer,
  tcpServer,
} from './network-subject.ts';

/** What came out of the process unasked while a test ran. */
const escaped: unknown[] = [];
const note = (cause: unknown) => escaped.push(cause);
beforeEach(() => {
  escaped.length = 0;
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  if (escaped.length > 0) throw new AggregateError(escaped, 'something was thrown past the network');
});

describe('a server that is not there or not one', () => {
  test('a refused port is dialled again and again', async () => {
    const url = await tcpServer((socket) => socket.destroy());
    const { port } = new URL(url);
    const { ends } = dialling(`ws://127.0.0.1:${Number(port)}/sync`);
    await vi.waitFor(() => expect(ends.length).toBeGreaterThan(1), PATIENCE);
    expect(ends[0]).toMatchObject({ code: 'unreachable' });
    const closed = dialling('ws://127.0.0.1:9/sync');
    await vi.waitFor(() => expect(closed.ends.length).toBeGreaterThan(1), PATIENCE);
  });

  test('a name that does not resolve and an address that is none are told, not thrown', async () => {
    const nowhere = dialling('ws://nowhere.invalid/sync');
    const nonsense = dialling('http://[');
    await vi.waitFor(() => {
      expect(nowhere.ends[0]?.code).toBe('unreachable');
      expect(nonsense.ends[0]?.code).toBe('unreachable');
    }, PATIENCE);
  });

  test.each([404, 401, 500])('an upgrade answered with %i is told, not thrown', async (status) => {
    const server = createHttpServer((_request, response) => response.writeHead(status).end('no'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { ends } = dialling(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`);
    await vi.waitFor(() => expect(ends[0]?.code).toBe('unreachable'), PATIENCE);
  });

  test('a reset and garbage in place of HTTP are told, not thrown', async () => {
    const reset = dialling(await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const garbage = dialling(
      await tcpServer((socket) =>
        socket.once('data', () => socket.end('\u0000\u0001 no http at all\r\n\r\n')),
      ),
    );
    await vi.waitFor(() => {
      expect(reset.ends[0]?.code).toBe('unreachable');
      expect(garbage.ends[0]?.code).toBe('unreachable');
    }, PATIENCE);
  });

  test('a server that accepts and says nothing is given up after the handshake time', async () => {
    const url = await tcpServer((socket) => socket.resume());
    const { ends } = dialling(url, hostSurroundings, { ...LINK_LIMITS, handshakeMs: 50 });
    await vi.waitFor(
      () => expect(ends[0]).toEqual({ code: 'silent', detail: 'no greeting in 50 ms' }),
      PATIENCE,
    );
  });
});

describe('frames that are none of ours', () => {
  const bad: [string, Uint8Array | string | Frame][] = [
    ['bytes that are no CBOR', new Uint8Array([0xff, 0x00, 0x13])],
    ['an empty frame', new Uint8Array()],
    ['a CBOR null', new Uint8Array([0xf6])],
    ['a text frame', 'hello'],
    ['a map of another shape', new Uint8Array([0xa1, 0x61, 0x78, 0x01])],
    ['a second greeting', greeting],
    ['a join', { type: 'join', senderId: 'x', peerMetadata: {}, supportedProtocolVersions: ['1'] }],
    [
      'a message in the name of another peer',
      { type: 'sync', senderId: 'x', targetId: 'me', documentId: 'd', data: new Uint8Array([1]) },
    ],
  ];
  test.each(bad)('[W4] %s ends the link with code 4400, and it is dialled again', async (_name, frame) => {
    let links = 0;
    const { url, closes } = await socketServer((send) => {
      links += 1;
      send(greeting);
      if (links === 1) send(frame);
      return undefined;
    });
    const { ends, said, messages } = dialling(url);
    await vi.waitFor(
      () => expect(said).toEqual(['up server disk', 'down server', 'up server disk']),
      PATIENCE,
    );
    expect(ends.map((end) => end.code)).toEqual(['bad-frame']);
    expect(closes[0]).toBe(4400);
    expect(messages).toEqual([]);
  });

  test('an error frame and an unknown protocol version end the link', async () => {
    const refusing = await socketServer((send) => {
      send({ type: 'error', senderId: 'server', targetId: 'me', message: 'not today' });
      return undefined;
    });
    const newer = await socketServer((send) => {
      send({ ...greeting, selectedProtocolVersion: '9' });
      return undefined;
    });
    const first = dialling(refusing.url);
    const second = dialling(newer.url);
    await vi.waitFor(() => {
      expect(first.ends[0]).toEqual({ code: 'refused', detail: 'not today' });
      expect(second.ends[0]).toEqual({ code: 'refused', detail: 'protocol version 9' });
    }, PATIENCE);
  });

  test('frames a terminal has no use for are passed over', async () => {
    const { url } = await socketServer((send) => {
      send(greeting);
      send({ type: 'ephemeral', senderId: 'else', targetId: 'me' });
      send({ type: 'remote-heads-changed', senderId: 'server', targetId: 'me' });
      send({ type: 'doc-unavailable', senderId: 'server', targetId: 'me', documentId: 'd' });
      return undefined;
    });
    const { messages, ends } = dialling(url);
    await vi.waitFor(
      () => expect(messages.map((message) => message.type)).toEqual(['doc-unavailable']),
      PATIENCE,
    );
    expect(ends).toEqual([]);
  });
});

describe('the link to a relay', () => {
  test('says who this terminal is', async () => {
    const relay = await WireRelay.start();
    onTestFinished(() => relay.cut());
    dialling(relay.url);
    await vi.waitFor(
      () => expect(relay.peers).toEqual([{ isEphemeral: false, holdings: 1, device }]),
      PATIENCE,
    );
  });

  test('[W3] a peer that answered pings and then falls silent is given up after two missed ones', async () => {
    const time = manualSurroundings();
    let answering = true;
    const { url } = await socketServer((send) => {
      send(greeting);
      return () => {
        if (!answering) return;
        send({ type: 'tillmesh-pong', senderId: 'server' });
        // Comes behind the pong, so that the test sees that it has come.
        send({ type: 'doc-unavailable', senderId: 'server', targetId: 'me', documentId: 'd' });
      };
    });
    const { ends, said, messages } = dialling(url, time);
    for (let pongs = 1; pongs <= 5; pongs++) {
      await vi.waitFor(() => expect(messages).toHaveLength(pongs), PATIENCE);
      answering = pongs < 4;
      time.pass(LINK_LIMITS.pingEveryMs);
      if (!answering) break;
    }
    expect(ends).toEqual([]);
    time.pass(LINK_LIMITS.pingEveryMs);
    expect(ends).toEqual([]);
    time.pass(LINK_LIMITS.pingEveryMs);
    expect(ends).toEqual([{ code: 'silent', detail: '2 pings without an answer' }]);
    expect(said).toEqual(['up server disk', 'down server']);
  });

  test('[W3] a stock server that never answers pings keeps its link', async () => {
    const time = manualSurroundings();
    const { url } = await socketServer(greetOnly);
    const { ends, said } = dialling(url, time);
    await vi.waitFor(() => expect(said).toHaveLength(1), PATIENCE);
    time.pass(60 * 60_000);
    expect(ends).toEqual([]);
  });

  test('a peer that takes nothing is too slow, and no single message is dropped before', async () => {
    const { url, server } = await socketServer(greetOnly);
    const { network, ends, said } = dialling(url, hostSurroundings, {
      ...LINK_LIMITS,
      maxBufferedBytes: 300_000,
    });
    await vi.waitFor(() => expect(said).toHaveLength(1), PATIENCE);
    for (const client of server.clients) client.pause();
    const message = {
      type: 'sync',
      senderId: 'me',
      targetId: 'server',
      documentId: 'd',
      data: new Uint8Array(100_000),
    } as unknown as Message;
    for (let sent = 0; sent < 200 && ends.length === 0; sent++) {
      network.send(message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ends).toMatchObject([{ code: 'too-slow' }]);
    expect(said).toEqual(['up server disk', 'down server']);
  });

  test('nothing is sent to a peer that is gone, and leaving dials no more', async () => {
    const { url } = await socketServer(greetOnly);
    const time = manualSurroundings();
    const { network, said, ends } = dialling(url, time);
    await vi.waitFor(() => expect(said).toHaveLength(1), PATIENCE);
    network.disconnect();
    network.send({ type: 'sync', senderId: 'me', targetId: 'server' } as unknown as Message);
    expect(said).toEqual(['up server disk', 'down server']);
    expect(ends.map((end) => end.code)).toEqual(['left']);
    expect(time.pending()).toEqual([]);
  });
});

describe('the delay before dialling again', () => {
  test('doubles from 250 ms to 30 s, and chance moves its upper half', () => {
    const least = Array.from({ length: 9 }, (_, attempt) => backoffDelay(attempt, 0));
    const most = Array.from({ length: 9 }, (_, attempt) => backoffDelay(attempt, 1));
    expect(least).toEqual([250, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(most).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(backoffDelay(10_000, 1)).toBe(RETRY_BOUNDS.mostMs);
  });

  test('grows while nobody is there', async () => {
    const time = manualSurroundings(1);
    const { ends } = dialling('ws://127.0.0.1:9/sync', time);
    const delays: (number | undefined)[] = [];
    for (let attempt = 1; attempt <= 4; attempt++) {
      await vi.waitFor(() => expect(ends).toHaveLength(attempt), PATIENCE);
      const [delay] = time.pending();
      delays.push(delay);
      time.pass(delay ?? 0);
    }
    expect(delays).toEqual([250, 500, 1_000, 1_500]);
  });
});

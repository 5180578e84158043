import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { makeOrigin, type DeviceConfig } from '../../../app/server/origin.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CONFIG: DeviceConfig = {
  role: 'till',
  organization: 'a1b2c3d4e5f6',
  device: '0123456789abcdef',
  version: '1',
};

/** A program behind the origin that says what reached it and echoes WebSocket frames. */
async function upstream(): Promise<string> {
  const server = createServer((incoming, response) => {
    const { host, origin } = incoming.headers;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ url: incoming.url, host, origin: origin ?? null }));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function origin(parts: { relay: string; reports?: string }): Promise<{ url: string; port: number }> {
  const build = await temporaryFolder();
  await mkdir(join(build, '_app', 'immutable'), { recursive: true });
  await writeFile(join(build, 'index.html'), '<!doctype html>page');
  await writeFile(join(build, '_app', 'immutable', 'a.js'), 'export {}');
  const server = await makeOrigin({ build, config: () => CONFIG, hosts: ['till.example'], ...parts });
  await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

/** fetch does not let a caller choose the Host header. */
function get(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ port, path, headers, host: '127.0.0.1' }, (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the origin of a device', () => {
  test('gives the page its configuration, its files and, for any page address, the app', async () => {
    const { url } = await origin({ relay: await upstream() });
    expect(await (await fetch(`${url}/config.json`)).json()).toEqual(CONFIG);
    expect(await (await fetch(`${url}/till/journal`, { headers: { accept: 'text/html' } })).text()).toContain(
      'page',
    );
    const script = await fetch(`${url}/_app/immutable/a.js`);
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${url}/missing.png`)).status).toBe(404);
  });

  test('passes requests on to its programs as their own, without the page’s origin', async () => {
    const relay = await upstream();
    const { url } = await origin({ relay, reports: relay });
    const headers = { origin: url };
    expect(await (await fetch(`${url}/relay/status`, { headers })).json()).toEqual({
      url: '/status',
      host: new URL(relay).host,
      origin: null,
    });
    expect(await (await fetch(`${url}/reports/tax?from=1`, { headers })).json()).toMatchObject({
      url: '/reports/tax?from=1',
    });
  });

  test('says in a sentence that a program is away', async () => {
    const { url } = await origin({ relay: 'http://127.0.0.1:9' });
    const response = await fetch(`${url}/relay/status`);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'away' });
  });

  test('refuses foreign names and foreign pages, and takes the names it was given', async () => {
    const { port, url } = await origin({ relay: await upstream() });
    expect((await get(port, '/config.json', { host: 'evil.example' })).status).toBe(421);
    expect((await get(port, '/config.json', { host: `till.example:${port}` })).status).toBe(200);
    const foreign = await fetch(`${url}/config.json`, { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    expect(await foreign.json()).toMatchObject({ code: 'foreign-origin' });
  });
});

describe('the WebSocket of an origin', () => {
  const opened = (socket: WebSocket) =>
    new Promise<string>((resolve) => {
      socket.once('open', () => resolve('open'));
      socket.once('error', (cause) => resolve(cause.message));
    });

  test('is the relay’s, byte for byte', async () => {
    const { port } = await origin({ relay: await upstream() });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/sync`);
    expect(await opened(socket)).toBe('open');
    const frame = new Uint8Array(200_000).map((_, i) => i % 251);
    const echoed = new Promise<Uint8Array>((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data)),
    );
    socket.send(frame);
    expect(Buffer.compare(await echoed, frame)).toBe(0);
    socket.terminate();
  });

  test.each([
    ['/sync', { origin: 'https://evil.example' }, '403'],
    ['/other', {}, '404'],
  ])('refuses %s with %j', async (path, headers, status) => {
    const { port } = await origin({ relay: await upstream() });
    expect(await opened(new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers }))).toContain(status);
  });

  test('closes at once while the relay is away', async () => {
    const { port } = await origin({ relay: 'http://127.0.0.1:9' });
    expect(await opened(new WebSocket(`ws://127.0.0.1:${port}/sync`))).toContain('502');
  });
});

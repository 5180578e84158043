import { request as httpRequest } from 'node:http';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { startBridge } from '../../../hardware-bridge/bridge.ts';
import { systemClock } from '../../../hardware-bridge/clock.ts';
import type { DisplayProfile } from '../../../hardware-bridge/display-profiles.ts';
import type { ScaleProfile } from '../../../hardware-bridge/scale-profiles.ts';
import { tcpLink } from '../../../hardware-bridge/transport.ts';
import type { VirtualPrinter } from '../../../hardware-bridge/virtual-printer/virtual-printer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { quickTimings, virtualPrinter } from './bench.ts';
import { profile } from './papers.ts';

/** What came back for a request. */
export type Reply = {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: unknown;
};

/** A bridge with its HTTP side in this process. */
export type HttpBridge = {
  readonly port: number;
  readonly printer: VirtualPrinter;
  /** Sends a request with exactly these headers; an object body goes as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
};

/** Starts a bridge that ends with the test. */
export async function httpBridge(
  origins: readonly string[] = [],
  displays: readonly DisplayProfile[] = [],
  scales: readonly ScaleProfile[] = [],
): Promise<HttpBridge> {
  const printer = await virtualPrinter();
  const options = {
    data: await temporaryFolder(),
    host: '127.0.0.1',
    port: 0,
    printers: [profile({ port: printer.port })],
    displays,
    scales,
    origins,
  };
  const parts = {
    clock: systemClock,
    link: tcpLink(systemClock, quickTimings),
    log: pino({ level: 'silent' }),
    version: '1.2.3',
    watchMs: 0,
  };
  const bridge = await startBridge(options, parts);
  if (!bridge.ok) throw new Error(bridge.error);
  onTestFinished(() => bridge.value.stop(1000));
  const { port } = bridge.value;
  return { port, printer, call: (method, path, body, headers) => call(port, method, path, body, headers) };
}

/** Sends one request to a local port; unlike fetch it may lie about Host and Origin. */
export function call(
  port: number,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text ?? '')) };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...type, ...headers }, agent: false },
      (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => (answer += part));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parse(answer) }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(text);
  });
}

/** Opens the event stream of a bridge. */
export function listen(port: number): Promise<{ readonly text: () => string; readonly close: () => void }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/v1/events', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      resolve({ text: () => text, close: () => sent.destroy() });
    });
    sent.once('error', reject);
    sent.end();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

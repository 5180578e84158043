import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { err, ok, type Result } from '#model/result.ts';
import type { Clock } from './clock.ts';
import type { BridgeOptions } from './command-line.ts';
import { buildHttp } from './http.ts';
import { PoleDisplay } from './pole-display.ts';
import { JobLedger } from './job-ledger.ts';
import { PrintQueue } from './print-queue.ts';
import { lockSpool } from './spool-lock.ts';
import { openSpool } from './spool.ts';
import { ScalePort } from './scale-port.ts';
import type { PrinterLink } from './transport.ts';

/** What a bridge is given besides its flags. */
export type BridgeParts = {
  readonly clock: Clock;
  readonly link: PrinterLink;
  readonly log: Logger;
  readonly version: string;
  /** How often an idle printer is asked how it is, in milliseconds; 0 means never. */
  readonly watchMs: number;
};

/** A running bridge. */
export type Bridge = { readonly port: number; stop(graceMs: number): Promise<void> };

/** Starts a bridge. The error is a sentence: folder in use or unwritable, port in use. */
export async function startBridge(
  options: BridgeOptions,
  parts: BridgeParts,
): Promise<Result<Bridge, string>> {
  try {
    await mkdir(options.data, { recursive: true, mode: 0o700 });
  } catch (cause) {
    return err(`The folder ${options.data} cannot be created: ${messageOf(cause)}.`);
  }
  const lock = lockSpool(options.data);
  if (!lock.ok) return lock;
  const spool = await openSpool(join(options.data, 'jobs'));
  const ledger = new JobLedger({ spool, clock: parts.clock, log: parts.log });
  const queue = new PrintQueue({ ...parts, printers: options.printers, ledger });
  await queue.restore();
  const displays = options.displays.map((profile) => new PoleDisplay(profile, parts.clock));
  const scales = options.scales.map((profile) => new ScalePort(profile, parts.clock));
  const http = buildHttp({ ...parts, ...options, queue, displays, scales });
  const port = await listen(http, options);
  if (!port.ok) {
    lock.value();
    return port;
  }
  queue.start();
  for (const device of [...displays, ...scales]) device.start();
  const stop = async (graceMs: number): Promise<void> => {
    await http.close();
    for (const device of [...displays, ...scales]) device.stop();
    await queue.stop(graceMs);
    lock.value();
  };
  return ok({ port: port.value, stop });
}

async function listen(http: FastifyInstance, { host, port }: BridgeOptions): Promise<Result<number, string>> {
  try {
    await http.listen({ host, port });
  } catch (cause) {
    await http.close();
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    return err(
      taken
        ? `Port ${port} on ${host} is in use. Stop what uses it, or give the bridge another --port.`
        : `The bridge cannot listen on ${host} port ${port}: ${messageOf(cause)}.`,
    );
  }
  const address = http.server.address();
  return ok(typeof address === 'object' && address ? address.port : port);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { RELAY_NODE_ARGS } from '../../app/server/station-programs.ts';
import { decodeLog } from '../../sync-relay/log-file.ts';
import { CorePeer } from '../support/core-peer.ts';
import { freePort } from '../support/free-ports.ts';
import { deviceEntries, terminalOf } from '../support/journal-fixture.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { deviceEntry } from '../support/test-key.ts';
import { ownDevice } from '../../sync-relay/device-file.ts';
import { REGISTERS, type GrowthSize } from './growth-shop.ts';
import { ReturningProcesses } from './returning-processes.ts';
import type { NewsTold, Seen } from './returning-relays.ts';
import { relayKey } from './returning-store.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';

/** How many relays come back, and with how many days head office has not heard of. */
type Comeback = { readonly stores: number; readonly registers: number; readonly days: number };

/** How a return of many relays went. Seconds are from when head office's relay listens. */
export type Returned = {
  readonly links: number;
  readonly median: number;
  readonly last: number;
  readonly quiet: number;
  /** The longest from when a till's relay was let in until it was level. */
  readonly wait: number;
  readonly bytes: number;
  readonly messages: number;
  readonly ofNews: number;
  readonly retries: number;
  readonly peak: number;
  readonly stall: number;
  readonly cpu: number;
  /** What all the relays that came back took of the same machine. */
  readonly theirCpu: number;
  readonly processes: number;
};

const TICKS = 100;

/** Relays of every register of every store that come back to head office's relay in the same second. */
export class HeadOfficeReturns {
  readonly #folder: string;
  readonly #size: GrowthSize;
  readonly #port: number;

  private constructor(folder: string, size: GrowthSize, port: number) {
    [this.#folder, this.#size, this.#port] = [folder, size, port];
  }

  /** Head office on a folder that was founded, and has its documents by now. */
  static async of(folder: string, size: GrowthSize): Promise<HeadOfficeReturns> {
    return new HeadOfficeReturns(folder, size, await freePort());
  }

  /** Founds head office on an empty folder, with every till's relay and terminal in its list. */
  static async found(folder: string, size: GrowthSize): Promise<void> {
    const returns = await HeadOfficeReturns.of(folder, size);
    const hq = await returns.#start();
    const device = await ownDevice(folder, () => '');
    if (!device.ok) throw new Error(device.error);
    const { id } = device.value;
    const url = `ws://127.0.0.1:${hq.ready.port}/sync`;
    const tool = await CorePeer.connect(url, `${id}:tool`, { id, role: 'hq' }, device.value);
    const organization = documentId({ organization: ORGANIZATION, key: { class: 'organization' } });
    for (const [key, text] of Object.entries(devicesOf(size, device.value)))
      tool.write(organization, key, text);
    await tool.until(() => tool.isConfirmed(organization));
    await tool.close();
    await hq.stop();
  }

  /** Head office's relay is away, relays get ready and dial, and it starts. */
  async comeBack({ stores, registers, days }: Comeback): Promise<Returned> {
    const device = await ownDevice(this.#folder, () => '');
    if (!device.ok) throw new Error(device.error);
    const relays = await ReturningProcesses.start(stores, registers, {
      'head-office': join(this.#folder, 'documents'),
      'hq-id': device.value.id,
      'hq-key': device.value.publicKey,
      url: `ws://127.0.0.1:${this.#port}/sync`,
      new: days,
      days: this.#size.days,
      sales: this.#size.sales,
    });
    const hq = await this.#start();
    const listening = Date.now();
    const watch = new ProcessWatch(hq);
    await watch.begin();
    const { seen, news, cpu: theirCpu } = await relays.quiet();
    const watched = await watch.end();
    await hq.stop();
    await this.#assertHeld(news);
    const since = (at: number) => (at - listening) / 1000;
    const level = seen.map(({ levelAt }) => since(levelAt));
    const mean = (of: (one: Seen) => number) => seen.reduce((sum, one) => sum + of(one), 0) / seen.length;
    return {
      links: seen.length,
      median: quantile(level, 0.5),
      last: Math.max(...level),
      quiet: Math.max(...seen.map(({ lastAt }) => since(lastAt))),
      wait: Math.max(...seen.map(({ linkedAt, levelAt }) => (levelAt - linkedAt) / 1000)),
      bytes: mean((one) => one.bytes),
      messages: mean((one) => one.messages),
      ofNews: mean((one) => one.ofNews),
      retries: seen.reduce((sum, one) => sum + one.links - 1, 0),
      theirCpu,
      processes: relays.count,
      ...watched,
    };
  }

  #start(): Promise<RunningProgram> {
    const args = ['--data', this.#folder, '--port', String(this.#port), '--role', 'hq'];
    const quiet = ['--organization', ORGANIZATION, '--no-discovery', '--log-level', 'error'];
    return startProgram('sync-relay/main.ts', [...args, ...quiet], RELAY_NODE_ARGS);
  }

  /** What was new at the stores must be on head office's disk, in the very same state. */
  async #assertHeld(news: readonly NewsTold[]): Promise<void> {
    const index = await readFile(join(this.#folder, 'documents', 'archive', 'heads.log'));
    const held = new Map<string, string>();
    for (const frame of decodeLog(index).frames)
      for (const [id, , digest] of JSON.parse(Buffer.from(frame).toString('utf8')) as [
        string,
        string,
        string,
      ][])
        held.set(id, digest);
    const missing = news.filter(([id, digest]) => held.get(id) !== digest);
    if (missing.length > 0)
      throw new Error(`head office lacks ${missing.length} of ${news.length} documents`);
  }
}

function devicesOf({ stores }: GrowthSize, hq: Parameters<typeof deviceEntry>[0]): Record<string, string> {
  const entries = deviceEntry(hq, { role: 'hq', name: 'Head office' });
  for (let store = 1; store <= stores; store++)
    for (let register = 1; register <= REGISTERS; register++) {
      const place = { store: storeId(store), register: registerId(register) };
      Object.assign(entries, deviceEntry(relayKey(store, register), { role: 'relay', ...place }));
      Object.assign(entries, deviceEntries([terminalOf(place.store, place.register)]));
    }
  return entries;
}

/** Memory, pauses and work of a relay for a while. */
class ProcessWatch {
  readonly #program: RunningProgram;
  #running = true;
  #asking: Promise<void> = Promise.resolve();
  #stall = 0;
  #cpu = 0;

  constructor(program: RunningProgram) {
    this.#program = program;
  }

  async begin(): Promise<void> {
    // From here on the highest memory is counted anew.
    await writeFile(`/proc/${this.#program.process.pid}/clear_refs`, '5');
    this.#cpu = await this.#seconds();
    this.#asking = this.#ask();
  }

  async end(): Promise<{ readonly peak: number; readonly stall: number; readonly cpu: number }> {
    this.#running = false;
    await this.#asking;
    const status = await readFile(`/proc/${this.#program.process.pid}/status`, 'utf8');
    const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
    return { peak, stall: this.#stall, cpu: (await this.#seconds()) - this.#cpu };
  }

  /** The longest that anybody who asks for anything waits, in milliseconds. */
  async #ask(): Promise<void> {
    while (this.#running) {
      const asked = performance.now();
      await (await fetch(`http://127.0.0.1:${this.#program.ready.port}/enrol`)).arrayBuffer();
      this.#stall = Math.max(this.#stall, performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #seconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#program.process.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }
}

/** The rows of the returns to a head office that has its year by now. */
export async function benchReturns(folder: string, size: GrowthSize): Promise<BenchRow[]> {
  const office = await HeadOfficeReturns.of(folder, size);
  const alone = await office.comeBack({ stores: 1, registers: 1, days: 1 });
  const everybody = { stores: size.stores, registers: REGISTERS };
  const day = await office.comeBack({ ...everybody, days: 1 });
  const nothing = await office.comeBack({ ...everybody, days: 0 });
  return [
    ...returnRows(
      `${day.links} relays come back at once, each store with a day of ${size.sales} sales a register`,
      day,
      alone,
    ),
    ...returnRows(`${nothing.links} relays come back at once with nothing new`, nothing, alone),
  ];
}

const FIGURES = {
  median: ['level, median, from when head office listens', 's', ''],
  last: ['level, the last', 's', ''],
  wait: ['the longest a till’s relay waited, from its link to level', 's', ''],
  quiet: ['nobody has anything more to say', 's', ''],
  bytes: ['bytes of a link, both ways', 'B', ''],
  messages: ['messages of a link, both ways', '', ''],
  retries: ['links that broke and were made again', '', '0'],
  peak: ['head office’s highest RSS', 'MB', '≤ 300 MB'],
  stall: ['the longest a request to it waited', 'ms', ''],
  cpu: ['its work', 's', ''],
  theirCpu: ['work of all the others on the same machine', 's', ''],
  processes: ['processes they are', '', ''],
} as const satisfies Partial<Record<keyof Returned, readonly [string, string, string]>>;

function returnRows(what: string, many: Returned, alone: Returned): BenchRow[] {
  return Object.entries(FIGURES).map(([figure, [name, unit, target]]) => {
    const value = many[figure as keyof typeof FIGURES];
    const baseline = { name: 'one link alone, with a day', value: alone[figure as keyof typeof FIGURES] };
    const row = { name: `${what}: ${name}`, value, unit, target };
    return baseline.value > 0 ? besideBaseline(row, baseline) : row;
  });
}

import { expect } from 'vitest';
import type { Product } from '#model/catalog/product.ts';
import { catalogShard } from '#model/catalog/product.ts';
import { masterEntry, productEntries } from '#model/documents/catalog.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type {
  DrawerJob,
  PrinterStatus,
  PrintJob,
  PrintJobStatus,
  PrintState,
  Resolution,
} from '#model/receipt/print-job.ts';
import type { DisplayStatus, PoleText } from '#model/receipt/pole-text.ts';
import { settingKey, settingText, type SettingName, type Settings } from '#model/settings/settings.ts';
import type { Person } from '#model/staff/pin.ts';
import { deviceKeyOf, newDeviceKey } from '../../../app/lib/device/device-key.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import type { Surroundings } from '../../../app/lib/surroundings.ts';
import type { Bridge, BridgeAnswer } from '../../../app/lib/till/bridge.ts';
import { KeptNotes, notesInMemory } from '../../../app/lib/till/kept-notes.ts';
import { Shop } from '../../../app/lib/till/shop.svelte.ts';
import type { TillParts } from '../../../app/lib/till/till-desks.ts';
import { Till } from '../../../app/lib/till/till.svelte.ts';
import { TillView } from '../../../app/lib/till/view.svelte.ts';

export const ORGANIZATION = 'a1b2c3d4e5f6';
export const S01 = storeId(1);
export const R1 = registerId(1);
export const R2 = registerId(2);
const SHARDS = 2;
/** The key of the test till, new for each run. */
export const DEVICE_KEY = deviceKeyOf(await newDeviceKey('0123456789abcdef'));

/** A clock that stands until a test moves it, ids that count, and notes that outlive the till. */
export class HeldSurroundings implements Surroundings {
  time = Date.parse('2026-11-21T09:00:00.000Z');
  /** Milliseconds that nobody can set; `pass` moves both clocks, setting `time` alone is somebody moving the wall clock. */
  ran = 0;
  readonly notes = new Map<string, string>();
  static #made = 0;
  /** Two machines never draw the same id. */
  readonly #machine = ++HeldSurroundings.#made;
  #ids = 0;
  held: (() => void)[] | undefined;

  now(): Date {
    return new Date(this.time);
  }

  uptime(): number {
    return this.ran;
  }

  newId(): string {
    return `id-${this.#machine}-${++this.#ids}`;
  }

  /** Paints at once, but where a test holds the frames. */
  afterPaint(run: () => void): void {
    if (this.held) this.held.push(run);
    else run();
  }

  /** Nothing is painted from now on; the function given back paints. */
  holdFrames(): () => void {
    const held: (() => void)[] = [];
    this.held = held;
    return () => {
      this.held = undefined;
      for (const run of held) run();
    };
  }

  readNote = (key: string): string | undefined => this.notes.get(key);

  writeNote = (key: string, text: string | undefined): void => {
    if (text === undefined) this.notes.delete(key);
    else this.notes.set(key, text);
  };

  /** Lets time pass. */
  pass(milliseconds: number): void {
    this.time += milliseconds;
    this.ran += milliseconds;
  }
}

/** A bridge that keeps what it was given, prints at once, and is away or in doubt when a test says so. */
export class FakeBridge implements Bridge {
  away = false;
  nextState: PrintState = 'printed';
  readonly jobs = new Map<string, PrintJobStatus>();
  readonly papers: PrintJob[] = [];
  readonly drawers: string[] = [];
  readonly drawerJobs: DrawerJob[] = [];
  readonly resolutions: Resolution[] = [];
  readonly poleTexts: PoleText[] = [];

  async print(job: PrintJob): Promise<BridgeAnswer<PrintJobStatus>> {
    if (this.away) return { kind: 'away' };
    const known = this.jobs.get(job.jobId);
    if (known) return { kind: 'taken', value: known };
    this.papers.push(job);
    return { kind: 'taken', value: this.set(job.jobId, this.nextState) };
  }

  async openDrawer(job: DrawerJob): Promise<BridgeAnswer<PrintJobStatus>> {
    if (this.away) return { kind: 'away' };
    const known = this.jobs.get(job.jobId);
    if (known) return { kind: 'taken', value: known };
    this.drawers.push(job.jobId);
    this.drawerJobs.push(job);
    return { kind: 'taken', value: this.set(job.jobId, 'printed') };
  }

  async job(id: string): Promise<BridgeAnswer<PrintJobStatus>> {
    const job = this.jobs.get(id);
    if (this.away) return { kind: 'away' };
    if (job) return { kind: 'taken', value: job };
    return { kind: 'refused', status: 404, refusal: { code: 'unknown-job', message: 'no such job' } };
  }

  async resolve(id: string, resolution: Resolution): Promise<BridgeAnswer<PrintJobStatus>> {
    if (this.away) return { kind: 'away' };
    this.resolutions.push(resolution);
    return { kind: 'taken', value: this.set(id, 'printed') };
  }

  async printer(device: string): Promise<BridgeAnswer<PrinterStatus>> {
    if (this.away) return { kind: 'away' };
    return { kind: 'taken', value: { device, state: 'ready', paperNearEnd: false, waiting: 0 } };
  }

  async display(device: string, text: PoleText): Promise<BridgeAnswer<DisplayStatus>> {
    if (this.away) return { kind: 'away' };
    this.poleTexts.push(text);
    return { kind: 'taken', value: { device, state: 'ready' } };
  }

  /** Puts a job into a state, as the printer would. */
  set(jobId: string, state: PrintState): PrintJobStatus {
    const at = '2026-11-21T09:00:00.000Z';
    const job = { jobId, device: 'receipt', kind: 'receipt', state, acceptedAt: at, updatedAt: at };
    this.jobs.set(jobId, job);
    return job;
  }
}

/** The articles of the test shop: a lantern of 3.39, a holder of 1.15 by weight, and one that is not sold any more. */
export const ARTICLES: readonly Product[] = [
  article('lantern', 'White metal lantern', '3.39', '5012345678900'),
  article('holder', 'T-light holder', '1.15', '4006381333931'),
  article('café', 'Café set', '12.50', 'CAFE-1'),
  { ...article('gone', 'Old hanger', '2.00', 'GONE-1'), active: false },
];

function article(sku: string, name: string, price: string, barcode: string): Product {
  const id = sku === 'café' ? 'cafe' : sku;
  return { id, sku, name, department: 'home', barcodes: [barcode], active: true, price, taxes: ['vat'] };
}

const json = (value: unknown) => canonicalJson(value as CanonicalValue);

/** Writes the test shop into documents, as head office would have. */
export function seedShop(documents: MemoryDocuments): void {
  documents.receive({ class: 'organization' }, organizationEntries());
  documents.receive({ class: 'staff' }, staffEntries());
  for (const product of ARTICLES) {
    const shard = catalogShard(product.id, SHARDS);
    documents.receive({ class: 'catalog', shard }, productEntries(product));
  }
  const masters = [
    masterEntry({ kind: 'department', id: 'home', value: { name: 'Home' } }),
    masterEntry({ kind: 'tax', id: 'vat', value: { id: 'vat', name: 'VAT', rate: '20', included: true } }),
    masterEntry({ kind: 'tender', id: 'card', value: { id: 'card', name: 'Card', kind: 'card', order: 2 } }),
    masterEntry({ kind: 'tender', id: 'cash', value: { id: 'cash', name: 'Cash', kind: 'cash', order: 1 } }),
  ];
  for (const { key, text } of masters) documents.receive({ class: 'catalog', shard: 0 }, { [key]: text });
}

function organizationEntries(): Record<string, string> {
  const register = (id: string) => json({ store: S01, register: id, name: id, printer: 'receipt' });
  return {
    organization: json({
      tag: ORGANIZATION,
      name: 'Test shop',
      currency: 'GBP',
      language: 'en',
      taxRounding: 'receipt',
      catalogShards: SHARDS,
      foundedAt: '2026-01-01T00:00:00.000Z',
    }),
    'store:S01': json({
      id: S01,
      name: 'Camden',
      timeZone: 'America/Mexico_City',
      locale: 'en-GB',
      header: [],
      footer: [],
    }),
    'register:S01-R1': register(R1),
    'register:S01-R2': register(R2),
  };
}

function staffEntries(): Record<string, string> {
  const pin = { salt: 'c2FsdHNhbHRzYWx0c2FsdA', hash: 'A'.repeat(43) };
  const person = (id: string, name: string, role: string) =>
    json({ id, name, role, language: 'en', stores: [], active: true, pin });
  return {
    'person:ana': person('ana', 'Ana', 'cashier'),
    'person:luis': person('luis', 'Luis', 'cashier'),
    'person:mia': person('mia', 'Mia', 'manager'),
  };
}

/** Changes a person's entry as head office would, and gives it. */
export async function changePerson(
  { documents }: { documents: MemoryDocuments },
  id: string,
  change: Partial<Person>,
): Promise<Person> {
  const entries = await documents.open({ class: 'staff' });
  const person = { ...(JSON.parse(entries[`person:${id}`] ?? '') as Person), ...change };
  documents.receive({ class: 'staff' }, { [`person:${id}`]: json(person) });
  return person;
}

/** Writes a setting as the office would: for the whole shop, or for the store. */
export function setSetting<Name extends SettingName>(
  { documents }: Pick<TillBench, 'documents'>,
  place: 'organization' | 'store',
  name: Name,
  value: Settings[Name] | undefined,
): void {
  const key = place === 'store' ? ({ class: 'store', store: S01 } as const) : ({ class: place } as const);
  documents.receive(key, { [settingKey(name)]: settingText(value) });
}

/** A till with everything it stands on; `documents`, `surroundings` and `disk` may be those of an earlier one. */
export type TillBench = {
  readonly till: Till;
  readonly view: TillView;
  readonly documents: MemoryDocuments;
  readonly surroundings: HeldSurroundings;
  readonly bridge: FakeBridge;
  /** The notes on the till's disk. */
  readonly disk: Map<string, string>;
  readonly sounds: string[];
};

/** Starts a till. Anybody's PIN is 1234. With `settled: false` it is given before it has read what selling does not wait for. */
export async function startTill(
  given: Partial<TillBench> &
    Partial<
      Pick<TillParts, 'deviceKey' | 'askRelay' | 'cards' | 'mail' | 'scale' | 'heard' | 'checkPin' | 'paused'>
    > & {
      register?: typeof R1;
      settled?: boolean;
    } = {},
): Promise<TillBench> {
  const documents = given.documents ?? new MemoryDocuments();
  if (!given.documents) seedShop(documents);
  const surroundings = given.surroundings ?? new HeldSurroundings();
  const bridge = given.bridge ?? new FakeBridge();
  const disk = given.disk ?? new Map<string, string>();
  const sounds: string[] = [];
  const shop = new Shop();
  await shop.follow(documents, S01);
  const till = new Till({
    config: {
      role: 'till',
      organization: ORGANIZATION,
      device: '0123456789abcdef',
      store: S01,
      register: given.register ?? R1,
      printer: 'receipt',
    },
    documents,
    deviceKey: given.deviceKey ?? DEVICE_KEY,
    shop,
    surroundings,
    notes: new KeptNotes(notesInMemory(disk), (sentence) => sounds.push(sentence)),
    checkPin: given.checkPin ?? (async (pin) => pin === '1234'),
    bridge,
    askRelay: given.askRelay ?? (async () => undefined),
    ...(given.heard === undefined ? {} : { heard: given.heard }),
    ...(given.paused === undefined ? {} : { paused: given.paused }),
    cards: given.cards,
    mail: given.mail,
    scale: given.scale,
  });
  await till.start();
  if (given.settled !== false) await till.settled();
  const view = new TillView(till, (sound) => sounds.push(sound));
  return { till, view, documents, surroundings, bridge, disk, sounds };
}

/** Starts a till with Ana signed in and a session open with 100.00. */
export async function openTill(given: Parameters<typeof startTill>[0] = {}): Promise<TillBench> {
  const bench = await startTill(given);
  await signIn(bench);
  must(await bench.till.session.open(10_000));
  return bench;
}

/** Signs somebody in, Ana unless another is named. */
export async function signIn({ till }: TillBench, id = 'ana'): Promise<void> {
  must(await till.signIn.signIn(personOf(till, id), '1234'));
}

/** A person of the test shop. */
export function personOf(till: Till, id: string): Person {
  const person = till.shop.person(id);
  if (!person) throw new Error(`the test shop has no ${id}`);
  return person;
}

/** Waits until an act asks for an approval, and has it approved by Mia. */
export async function approve({ till }: TillBench): Promise<void> {
  await expect.poll(() => till.staff.approvals.request).toBeDefined();
  must(await till.staff.approvals.approve(personOf(till, 'mia'), '1234'));
}

/** What a result holds; a refusal fails the test with its code. */
export function must<Value>(
  result: { ok: true; value: Value } | { ok: false; error: { code: string } },
): Value {
  if (!result.ok) throw new Error(`refused: ${result.error.code}`);
  return result.value;
}

/** The code of a refusal; undefined when there was none. */
export function codeOf(result: { ok: boolean; error?: { code: string } }): string | undefined {
  return result.ok ? undefined : result.error?.code;
}

/** Takes cash. */
export function payCash({ till }: TillBench, given: number): void {
  must(till.sale.pay({ tender: 'cash', name: 'Cash', kind: 'cash', given }));
}

/** Sells one lantern for cash with 5.00 given, to the end. */
export async function sellLantern(bench: TillBench): Promise<string> {
  bench.view.scan('5012345678900');
  must(bench.till.sale.startPaying());
  payCash(bench, 500);
  return must(await bench.till.completeSale()).body.receipt;
}

/** The document of a session of R1. */
export function sessionKey(session: number, register = R1): Extract<DocumentKey, { class: 'session' }> {
  return { class: 'session', store: S01, register, session };
}

import * as v from 'valibot';
import { assert } from '#model/result.ts';
import { deviceIdSchema, publicKeySchema } from '#model/trust/device.ts';
import { enrolmentSchema, type Enrolment } from '#model/trust/invitation.ts';
import { IndexedDbConnection } from '../repo/indexeddb-connection.ts';
import { hostSurroundings } from '../repo/surroundings.ts';
import { newDeviceKey } from './device-key.ts';

/** The database of the device. There is one device for each origin, so the name is fixed. */
export const DEVICE_DATABASE = 'tillmesh-device';

const STORE = 'device';
const RECORD = 'this';
/** A disk that takes longer counts as failed, in milliseconds. */
const WATCHDOG_MS = 5_000;

const keptDeviceSchema = v.strictObject({
  id: deviceIdSchema,
  publicKey: publicKeySchema,
  privateKey: v.custom<CryptoKey>((value) => value instanceof CryptoKey, 'the private key is not one'),
  enrolment: v.optional(enrolmentSchema),
});

/** The device this browser is, and what it remembers of having joined; without `enrolment` it has not joined yet. */
export type KeptDevice = v.InferOutput<typeof keptDeviceSchema>;

/**
 * The device of this browser, kept in IndexedDB with strict durability (rule E1). Every function rejects with a sentence
 * when the browser does not give its disk or holds something that is not a device.
 */
export class DeviceStore {
  readonly #connection: IndexedDbConnection;

  /** `trouble` hears in words when the browser takes the database away. */
  constructor(trouble: (detail: string) => void) {
    this.#connection = new IndexedDbConnection({
      database: DEVICE_DATABASE,
      stores: [STORE],
      watchdogMs: WATCHDOG_MS,
      surroundings: hostSurroundings,
      trouble,
    });
  }

  /** The device this browser is; undefined when it is none yet. */
  async read(): Promise<KeptDevice | undefined> {
    const kept = await this.#connection.transact(
      'read',
      STORE,
      (store) => {
        const request: IDBRequest<unknown> = store.get(RECORD);
        return () => request.result;
      },
      'reading the device',
    );
    return checked(kept);
  }

  /** The device this browser is, made when it is none yet. Two tabs that make one at once get the same. */
  async make(): Promise<KeptDevice> {
    const known = await this.read();
    if (known !== undefined) return known;
    // A transaction does not wait for a key to be drawn, so it is there before; it is dropped when another tab was faster.
    const fresh = await newDeviceKey();
    return this.#change((kept) => kept ?? fresh, 'keeping the device');
  }

  /** Remembers that this device has joined (rule E8). Rejects when the enrolment is another device's. */
  saveEnrolment(enrolment: Enrolment): Promise<KeptDevice> {
    return this.#change((kept) => {
      assert(kept?.id === enrolment.device.id, () => `the enrolment is of device ${enrolment.device.id}`);
      return { ...kept, enrolment };
    }, 'keeping the enrolment');
  }

  /** Forgets the device and its key: this browser is a new device next time, and has to join again. */
  forget(): Promise<void> {
    return this.#connection.transact(
      'write-strict',
      STORE,
      (store) => {
        store.delete(RECORD);
        return () => undefined;
      },
      'forgetting the device',
    );
  }

  /** Lets go of the database. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Reads and writes in one transaction, so that nothing comes between. */
  async #change(next: (kept: KeptDevice | undefined) => KeptDevice, what: string): Promise<KeptDevice> {
    let changed: () => KeptDevice = () => {
      throw new Error(`${what} did not happen`);
    };
    await this.#connection.transact(
      'write-strict',
      STORE,
      (store) => {
        const request: IDBRequest<unknown> = store.get(RECORD);
        request.addEventListener('success', () => {
          try {
            const device = next(checked(request.result));
            store.put(device, RECORD);
            changed = () => device;
          } catch (cause) {
            // Thrown past an event it would be lost; it is for whoever waits.
            changed = () => {
              throw cause;
            };
          }
        });
        return () => undefined;
      },
      what,
    );
    return changed();
  }
}

function checked(kept: unknown): KeptDevice | undefined {
  if (kept === undefined) return undefined;
  const parsed = v.safeParse(keptDeviceSchema, kept);
  if (parsed.success) return parsed.output;
  throw new Error(
    `What this browser keeps about its device is damaged (${parsed.issues[0].message}). Forget this device and join again.`,
  );
}

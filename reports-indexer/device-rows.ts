import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Device } from '#model/trust/device.ts';
import { allRows } from './database.ts';
import type { Statements } from './statements.ts';

/** Keeps an enrolled device as the organization document lists it. */
export function putDevice(statements: Statements, device: Device): void {
  const { id, role, store, register } = device;
  const json = canonicalJson(device as CanonicalValue);
  statements.putDevice.run(id, role, store ?? null, register ?? null, json);
}

/** The devices listed as terminals of a register: those that are now and those that were. */
export function terminalsOf(statements: Statements, store: string, register: string): readonly Device[] {
  return devicesFrom(allRows<{ json: string }>(statements.terminals, store, register));
}

/** Head office's devices. */
export function headOffices(statements: Statements): readonly Device[] {
  return devicesFrom(allRows<{ json: string }>(statements.headOffices));
}

function devicesFrom(rows: readonly { readonly json: string }[]): readonly Device[] {
  return rows.map(({ json }) => JSON.parse(json) as Device);
}

/** What the devices are now, to find out later whose word changed. */
export type DeviceSnapshot = ReadonlyMap<string, string>;

/** By `S01-R2` the terminals of each register, under the empty name head office's devices, each as one text. */
export function deviceSnapshot(statements: Statements): DeviceSnapshot {
  const snapshot = new Map<string, string>();
  for (const { role, store, register, json } of allRows<{
    role: string;
    store: string | null;
    register: string | null;
    json: string;
  }>(statements.allDevices)) {
    if (role !== 'terminal' && role !== 'hq') continue;
    const name = role === 'hq' ? '' : `${store}-${register}`;
    snapshot.set(name, `${snapshot.get(name) ?? ''}${json}\n`);
  }
  return snapshot;
}

/**
 * Marks the registers whose records must be judged again because their devices are others than before. The marks are in
 * the tables, so that a program that is stopped in between goes on with them.
 */
export function markChangedRegisters(statements: Statements, before: DeviceSnapshot): boolean {
  const after = deviceSnapshot(statements);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [store, register] = name.split('-');
    if (store && register && before.get(name) !== after.get(name))
      statements.markRegister.run(store, register);
  }
  return before.get('') !== after.get('');
}

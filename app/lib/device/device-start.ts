import { err, ok, type Result } from '#model/result.ts';
import type { Enrolment } from '#model/trust/invitation.ts';
import type { ProgramConfig } from '../program-config.ts';
import type { EnrolmentTrouble } from './enrolment-client.ts';
import type { KeptDevice } from './device-store.ts';
import { SetUp, type EnrolledDevice, type SetUpParts } from './set-up.svelte.ts';

/** Where this browser keeps the device it is. */
export type DeviceKept = SetUpParts['keeper'] & {
  read(): Promise<KeptDevice | undefined>;
  forget(): Promise<void>;
};

/** What becoming a device works with. */
export type DeviceStartParts = Omit<SetUpParts, 'keeper' | 'withRelay'> & {
  readonly kept: DeviceKept;
  readonly config: ProgramConfig;
  /** Shows a person the way in; called only where there is no other. */
  readonly onSetUp: (setUp: SetUp) => void;
};

/** The device this page works as. Waits for a person with a code where the browser is none yet (rule E8). */
export async function startDevice(parts: DeviceStartParts): Promise<EnrolledDevice> {
  const { kept, config, onSetUp, ...others } = parts;
  const known = await kept.read();
  if (known?.enrolment && fits(known.enrolment, parts)) return { ...known, enrolment: known.enrolment };
  // What another shop, or another register of this one, knows this browser as is of no use here.
  if (known?.enrolment) await kept.forget();
  const setUp = new SetUp({ ...others, keeper: kept, withRelay: config.organization === undefined });
  onSetUp(setUp);
  await setUp.start();
  return setUp.done;
}

function fits({ organization, device }: Enrolment, { config, role }: DeviceStartParts): boolean {
  if (device.role !== role) return false;
  if (organization !== config.organization) return false;
  if (config.register === undefined) return true;
  return device.store === config.store && device.register === config.register;
}

/** Asks the demo for a code, at the page's own origin. */
export async function demoCode(post: typeof fetch): Promise<Result<string, EnrolmentTrouble>> {
  try {
    const response = await post('/demo/code', { method: 'POST' });
    const body = (await response.json()) as { readonly code?: unknown; readonly message?: unknown };
    if (response.ok && typeof body.code === 'string') return ok(body.code);
    return err({ code: 'refused', detail: String(body.message) });
  } catch {
    return err({ code: 'relay-away' });
  }
}

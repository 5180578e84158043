import { registerName } from '#model/ids/register-id.ts';
import type { Device } from '#model/trust/device.ts';
import {
  signatureJudge,
  type SessionVerdict,
  type SignatureJudge,
  type VerifySignature,
} from './journal-check.ts';

/** Which sessions of which registers (by name, `S01-R2`) must be judged again. */
export type Outdated = (register: string, verdict: SessionVerdict) => boolean;

/** Says nothing against any signature: while the devices are unknown nobody can tell who signed. */
const UNDECIDED: SignatureJudge = () => undefined;

/** For each register the judge of its records' signatures, by the devices of the organization as they are now (rule E10). */
export class SignatureJudges {
  readonly #verify: VerifySignature;
  readonly #judges = new Map<string, SignatureJudge>();
  #terminals: ReadonlyMap<string, readonly Device[]> | undefined;

  constructor(verify: VerifySignature) {
    this.#verify = verify;
  }

  /** The judge of a register. The same one until the register's terminals change. */
  of(register: string): SignatureJudge {
    if (this.#terminals === undefined) return UNDECIDED;
    const judge =
      this.#judges.get(register) ?? signatureJudge(this.#terminals.get(register) ?? [], this.#verify);
    this.#judges.set(register, judge);
    return judge;
  }

  /** Takes the devices as they are now; undefined while they are unknown. Gives what must be judged again because of it. */
  update(devices: Iterable<Device> | undefined): Outdated {
    const before = this.#terminals;
    const after = devices === undefined ? undefined : byRegister(devices);
    this.#terminals = after;
    if (before === undefined || after === undefined) {
      this.#judges.clear();
      return () => before !== after;
    }
    const changedSince = new Map<string, string>();
    for (const register of new Set([...before.keys(), ...after.keys()])) {
      const [old = [], now = []] = [before.get(register), after.get(register)];
      if (JSON.stringify(old) === JSON.stringify(now)) continue;
      this.#judges.delete(register);
      changedSince.set(register, firstEnd([...old, ...now]));
    }
    return (register, { faultCount, latestAt }) => {
      const since = changedSince.get(register);
      // Other terminals can only clear what had a fault, or condemn what is from behind the end of one of them.
      return since !== undefined && (faultCount > 0 || latestAt >= since);
    };
  }
}

function byRegister(devices: Iterable<Device>): Map<string, Device[]> {
  const terminals = new Map<string, Device[]>();
  for (const device of devices) {
    const { role, store, register } = device;
    if (role !== 'terminal' || store === undefined || register === undefined) continue;
    const name = registerName(store, register);
    terminals.set(name, [...(terminals.get(name) ?? []), device]);
  }
  return terminals;
}

/** The first moment at which one of these devices stops to sign; `~` is later than any. */
function firstEnd(devices: readonly Device[]): string {
  return devices.reduce((end, { revokedAt = '~', expiresAt = '~' }) => {
    const own = revokedAt < expiresAt ? revokedAt : expiresAt;
    return own < end ? own : end;
  }, '~');
}

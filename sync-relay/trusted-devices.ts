import { readOrganizationEntry } from '#model/documents/organization.ts';
import { deviceStanding, type Device, type DeviceStanding } from '#model/trust/device.ts';
import type { Invitation } from '#model/trust/invitation.ts';

/** Who a relay trusts before it has the organization document: itself, and head office as it knew it when it joined. */
export type TrustAnchors = {
  readonly own: Pick<Device, 'id' | 'key' | 'role' | 'store' | 'register'>;
  readonly headOffice?: { readonly id: string; readonly key: string } | undefined;
};

/** How a device stands, with its key and place when it is one. */
export type Judgement = {
  readonly standing: DeviceStanding;
  readonly device?: Pick<Device, 'id' | 'key' | 'role' | 'store' | 'register'>;
};

/** The devices of the organization as its document lists them, and what to think of one that wants to take part (rule E2). */
export class TrustedDevices {
  readonly #anchors: TrustAnchors;
  readonly #now: () => string;
  readonly #devices = new Map<string, Device>();
  readonly #invitations = new Map<string, Invitation>();

  constructor(anchors: TrustAnchors, now: () => string) {
    this.#anchors = anchors;
    this.#now = now;
  }

  /** Whether the organization lists nobody: its document is not here, or not made yet. */
  get isEmpty(): boolean {
    return this.#devices.size === 0;
  }

  /** The listed devices by id. */
  get devices(): ReadonlyMap<string, Device> {
    return this.#devices;
  }

  /** The open and used invitations. */
  get invitations(): Iterable<Invitation> {
    return this.#invitations.values();
  }

  /** Takes the entries of the organization document as they are now. What cannot be read is nobody. */
  update(entries: Readonly<Record<string, string>>): void {
    this.#devices.clear();
    this.#invitations.clear();
    for (const [key, text] of Object.entries(entries)) {
      const entry = readOrganizationEntry(key, text);
      if (!entry.ok) continue;
      if (entry.value.kind === 'device') this.#devices.set(entry.value.value.id, entry.value.value);
      else if (entry.value.kind === 'invitation')
        this.#invitations.set(entry.value.value.id, entry.value.value);
    }
  }

  /** How a device stands now. The relay's own key stands for the relay, so that tools of its machine can speak as it. */
  judge(id: string): Judgement {
    const { own, headOffice } = this.#anchors;
    if (id === own.id) return { standing: 'valid', device: own };
    const device = this.#devices.get(id);
    if (device !== undefined) return { standing: deviceStanding(device, this.#now()), device };
    // Before the organization document has come, head office is who it was at enrolment.
    return headOffice?.id === id
      ? { standing: 'valid', device: { ...headOffice, role: 'hq' } }
      : { standing: 'unknown' };
  }
}

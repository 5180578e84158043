import { readOrganizationEntry } from '#model/documents/organization.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import type { Standing } from '#model/trust/standing.ts';
import type { Surroundings } from '../surroundings.ts';
import { Healed } from './healed.svelte.ts';
import type { EnrolledDevice } from './set-up.svelte.ts';
import { readExclusion, writeExclusion, type Exclusion } from './standing.ts';

/** What a relay's word about this device is checked against. */
export type MembershipParts = {
  readonly device: EnrolledDevice;
  readonly surroundings: Surroundings;
  /** Whether another device works this one's register now. */
  readonly isTaken: () => Promise<boolean>;
  /** Whether the relay of this machine belongs to the organization; undefined when it does not say. */
  readonly isRelayEnrolled: () => Promise<boolean | undefined>;
};

const ACCEPTED = 'device:accepted';

/**
 * How this device stands in its organization, as relays say it. A device that was turned away stays so until a relay
 * accepts it again, also over a restart without a connection: it must not sell on what nobody would count (rule E10).
 */
export class Membership {
  readonly device: EnrolledDevice;
  /** What this device changed without permission and put aside. */
  readonly healed = new Healed();
  readonly #parts: MembershipParts;
  #exclusion = $state.raw<Exclusion | undefined>();

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.device = parts.device;
    this.#exclusion = readExclusion(parts.surroundings, parts.device.id);
  }

  /** Why this device may not take part; undefined while it may. */
  get exclusion(): Exclusion | undefined {
    return this.#exclusion;
  }

  /** Hears what relays say; gives back the function that stops it. */
  follow(documents: Documents, report: (sentence: string) => void): () => void {
    return documents.watch((event: DocumentsEvent) => {
      if (event.type === 'healed') this.healed.add(event.key, event.lost.length > 0);
      if (event.type === 'standing')
        this.hear(event.standing, documents).catch((cause: unknown) => report(String(cause)));
    });
  }

  /** Takes a relay's word. */
  async hear(standing: Standing, documents: Documents): Promise<void> {
    const { surroundings, isRelayEnrolled } = this.#parts;
    if (standing === 'accepted') {
      surroundings.writeNote(ACCEPTED, this.device.id);
      this.#set(undefined);
    } else if (standing === 'revoked') {
      this.#set(await this.#revoked(documents));
    } else if (standing !== 'unknown') {
      this.#set(this.#exclusionNow(standing === 'expired' ? 'expired' : 'unproven'));
    } else if (surroundings.readNote(ACCEPTED) === this.device.id && (await isRelayEnrolled()) !== false) {
      // A device that just joined is not known everywhere yet, and a relay without an organization knows nobody.
      this.#set(this.#exclusionNow('unknown'));
    }
  }

  /** Forgets what was noted of this device, before the browser becomes another one. */
  forget(): void {
    const { surroundings } = this.#parts;
    writeExclusion(surroundings, undefined);
    surroundings.writeNote(ACCEPTED, undefined);
  }

  #exclusionNow(reason: Exclusion['reason']): Exclusion {
    const expiresAt = reason === 'expired' ? this.device.enrolment.device.expiresAt : undefined;
    const known = this.#exclusion;
    if (known?.reason === reason) return known;
    return {
      device: this.device.id,
      reason,
      at: expiresAt ?? this.#parts.surroundings.now().toISOString(),
    };
  }

  /** Revoked, or replaced by another device: as the organization document has it, else as the relay's links show it. */
  async #revoked(documents: Documents): Promise<Exclusion> {
    const entries = await documents.open({ class: 'organization' });
    let at: string | undefined;
    let isReplaced = await this.#parts.isTaken();
    for (const [key, text] of Object.entries(entries)) {
      const entry = readOrganizationEntry(key, text);
      if (!entry.ok || entry.value.kind !== 'device') continue;
      const { id, revokedAt, replaces } = entry.value.value;
      if (id === this.device.id) at = revokedAt;
      isReplaced ||= replaces === this.device.id;
    }
    const exclusion = this.#exclusionNow(isReplaced ? 'replaced' : 'revoked');
    return at === undefined ? exclusion : { ...exclusion, at };
  }

  #set(exclusion: Exclusion | undefined): void {
    this.#exclusion = exclusion;
    writeExclusion(this.#parts.surroundings, exclusion);
  }
}

import * as v from 'valibot';
import type { Surroundings } from '../surroundings.ts';

const peerSchema = v.object({
  device: v.string(),
  role: v.string(),
  store: v.optional(v.string()),
  register: v.optional(v.string()),
  since: v.string(),
  /** Whether the relay has all that this peer has of the end of the journal it was asked for (rule W12). */
  heard: v.optional(v.boolean()),
});
const targetSchema = v.object({
  url: v.string(),
  kind: v.picklist(['hq', 'peer']),
  state: v.picklist(['connected', 'connecting', 'away']),
  since: v.string(),
});
const doubtSchema = v.object({
  register: v.string(),
  session: v.number(),
  seq: v.number(),
  code: v.string(),
  detail: v.string(),
});

/** `/relay/status` as the app server answers it. */
export const relayStatusSchema = v.object({
  /** The relay's own device. */
  device: v.optional(v.string()),
  documents: v.optional(v.number()),
  sessions: v.optional(v.record(v.string(), v.number())),
  peers: v.array(peerSchema),
  targets: v.array(targetSchema),
  disk: v.picklist(['ok', 'failed']),
  /** Records the relay has and does not trust: their chain or signature does not verify (rule E10). */
  quarantine: v.optional(v.array(doubtSchema)),
  /** Whether the relay belongs to an organization. */
  enrolled: v.optional(v.boolean()),
});

/** `/relay/status` as the app server answers it. */
export type RelayStatus = v.InferOutput<typeof relayStatusSchema>;

/** A record that does not verify. `register` is `S01-R2` or `R2`, `code` is one of rule J6 or E10, `detail` is the relay's. */
export type Doubt = v.InferOutput<typeof doubtSchema>;

/** How head office is reached; `since` is ISO 8601. `none` when this till has no head office set. */
export type HeadOffice = { readonly state: 'connected' | 'away' | 'none'; readonly since?: string };

/** Another till as the local relay sees it. */
export type OtherTill = { readonly register: string; readonly since: string };

/** Asks the local relay, and has it ask others about the journal of a register (`S01-R2`); undefined when it does not answer. */
export type AskRelay = (register?: string) => Promise<RelayStatus | undefined>;

/** What this till is connected with: its own relay, the other tills and head office, with times, in the relay's words. */
export class Links {
  readonly #ask: AskRelay;
  readonly #surroundings: Surroundings;
  #status = $state.raw<RelayStatus | undefined>();
  #awaySince = $state.raw<string | undefined>();

  constructor(ask: AskRelay, surroundings: Surroundings) {
    this.#ask = ask;
    this.#surroundings = surroundings;
  }

  /** Since when this terminal's relay has not answered; undefined while it does. */
  get relayAwaySince(): string | undefined {
    return this.#awaySince;
  }

  /** Whether the relay could write its disk when last asked. */
  get diskFailed(): boolean {
    return this.#status?.disk === 'failed';
  }

  /** Records somewhere in the store that do not verify, as the relay last told. */
  get doubts(): readonly Doubt[] {
    return this.#status?.quarantine ?? [];
  }

  /** Whether the relay doubts a record of a register (`R2`) of its store. */
  isDoubted(store: string, { register, session, seq }: Pick<Doubt, 'register' | 'session' | 'seq'>): boolean {
    return this.doubts.some(
      (doubt) =>
        doubt.seq === seq &&
        doubt.session === session &&
        (doubt.register === register || doubt.register === `${store}-${register}`),
    );
  }

  /** The other tills this one is connected with now, by register. */
  otherTills(store: string, own: string): readonly OtherTill[] {
    const seen = new Map<string, OtherTill>();
    for (const { role, register, since, ...peer } of this.#status?.peers ?? []) {
      if (role === 'hq' || peer.store !== store || register === undefined || register === own) continue;
      seen.set(register, { register, since });
    }
    return [...seen.values()].sort((a, b) => a.register.localeCompare(b.register, 'en', { numeric: true }));
  }

  /** Head office as the relay reaches it. */
  get headOffice(): HeadOffice {
    const target = this.#status?.targets.find(({ kind }) => kind === 'hq');
    const peer = this.#status?.peers.find(({ role }) => role === 'hq');
    if (target?.state === 'connected') return { state: 'connected', since: target.since };
    if (peer) return { state: 'connected', since: peer.since };
    if (target) return { state: 'away', since: target.since };
    return { state: 'none' };
  }

  /**
   * Whether what other tills took can be known here (rule G9): the relay answers and reaches head office, or where there is none every
   * other till.
   */
  get reachesOthers(): boolean {
    const status = this.#status;
    if (!status) return false;
    const { state } = this.headOffice;
    if (state !== 'none') return state === 'connected';
    return status.targets.every((target) => target.state === 'connected');
  }

  /** Asks the relay again. */
  async refresh(): Promise<void> {
    this.#status = await this.#ask();
    if (this.#status) this.#awaySince = undefined;
    else this.#awaySince ??= this.#surroundings.now().toISOString();
  }
}

/** Asks `/relay/status` over HTTP. */
export async function askRelayOverHttp(register?: string): Promise<RelayStatus | undefined> {
  const about = register === undefined ? '' : `?register=${register}`;
  try {
    const response = await fetch(`/relay/status${about}`, { signal: AbortSignal.timeout(3000) });
    if (!response.ok || !response.headers.get('content-type')?.includes('application/json')) return undefined;
    const read = v.safeParse(relayStatusSchema, await response.json());
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

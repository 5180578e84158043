import type { Link } from './link.ts';
import type { Refusal } from './refused-changes.ts';

/** What the relay tells about itself and its peers. */
export type RelayStatus = {
  readonly device: string;
  readonly role: string;
  readonly store?: string;
  readonly register?: string;
  /** The tag of its organization; left out while it belongs to none. */
  readonly organization?: string;
  /** Whether it asks for no proof. */
  readonly open: boolean;
  readonly documents: number;
  /** Documents it has in memory. */
  readonly inMemory: number;
  readonly disk: 'ok' | 'failed';
  /** Changes it left out, latest last (rule E7). */
  readonly refused: readonly Refusal[];
  /** The latest session this relay holds of each register, by register name: what a till without memory must wait for. */
  readonly sessions: Readonly<Record<string, number>>;
  readonly peers: readonly PeerStatus[];
};

/** What a relay tells about a peer. */
export type PeerStatus = {
  readonly device?: string;
  readonly role?: string;
  readonly store?: string | undefined;
  readonly register?: string | undefined;
  readonly direction: 'in' | 'out';
  readonly since: string;
  /** Whether all it has of the end of the journal that was asked for is here (rule W12); left out of one that is not asked. */
  readonly heard?: boolean;
};

/** The peer of a link. */
export function peerStatus({ metadata, direction, since }: Link, heard: boolean | undefined): PeerStatus {
  const { id: device, organization: _organization, ...rest } = metadata.device ?? {};
  const told = heard === undefined ? {} : { heard };
  return { ...rest, ...(device === undefined ? {} : { device }), direction, since, ...told };
}

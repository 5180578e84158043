import type { OrganizationAnswer, RelayStatus } from './reports-schema.ts';

/** One register's link with this head office; `since` is when it came, ISO UTC; undefined while it is away. */
export type RegisterLink = {
  readonly store: string;
  readonly register: string;
  readonly since: string | undefined;
};

/** The links of the relay, told apart by what stands at the other end. */
export type Connections = {
  readonly registers: readonly RegisterLink[];
  /** Other devices that hold documents: relays of other offices, back-office computers. */
  readonly others: readonly RelayStatus['peers'][number][];
};

// This page and the reports program are clients of the same computer: their links say nothing about the stores.
const OWN_CLIENTS: readonly string[] = ['indexer'];

/** Sorts the relay's peers to the registers of the organization. A register is linked when its relay or terminal is. */
export function connectionsOf(status: RelayStatus, organization: OrganizationAnswer): Connections {
  const placed = status.peers.filter((peer) => peer.store && peer.register);
  const registers = organization.registers.map(({ store, register }) => {
    const peers = placed.filter((peer) => peer.store === store && peer.register === register);
    return { store, register, since: peers.map((peer) => peer.since).toSorted()[0] };
  });
  const others = status.peers.filter((peer) => !placed.includes(peer) && !OWN_CLIENTS.includes(peer.role));
  return { registers, others };
}

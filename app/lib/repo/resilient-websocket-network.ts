import {
  NetworkAdapter,
  type Message,
  type PeerId,
  type PeerMetadata,
  type StorageId,
} from '@automerge/automerge-repo/slim';
import type { Frame, FrameOf, PeerMetadata as WirePeerMetadata } from '#model/protocol/frame.ts';
import { backoffDelay } from './backoff.ts';
import type { Surroundings } from './surroundings.ts';
import { LINK_LIMITS, WebSocketLink, type LinkEnd, type LinkLimits } from './websocket-link.ts';

/** A link that lived so long was a good one: delays begin anew after it, in milliseconds. */
const GOOD_LINK_MS = 10_000;

/** What the network needs. `trouble` hears why each link ended. */
export type NetworkParts = {
  readonly url: string;
  readonly device: NonNullable<WirePeerMetadata['device']>;
  readonly surroundings: Surroundings;
  readonly trouble: (end: LinkEnd) => void;
  readonly limits?: LinkLimits;
};

/**
 * automerge-repo's WebSocket protocol, version 1, for a link that comes and goes: it dials for ever with growing delays,
 * notices a silent peer, ends a link rather than lose a message, and throws nothing. Works with stock servers too.
 */
export class ResilientWebSocketNetwork extends NetworkAdapter {
  readonly #parts: NetworkParts;
  #link: WebSocketLink | undefined;
  #remote: { readonly peerId: PeerId; readonly since: number } | undefined;
  #attempt = 0;
  #cancelDial: (() => void) | undefined;
  #wanted = false;

  constructor(parts: NetworkParts) {
    super();
    this.#parts = parts;
  }

  /** Always: a terminal works without a link, so nothing waits for one. */
  isReady(): boolean {
    return true;
  }

  whenReady(): Promise<void> {
    return Promise.resolve();
  }

  connect(peerId: PeerId, peerMetadata?: PeerMetadata): void {
    this.peerId = peerId;
    this.peerMetadata = peerMetadata ?? {};
    if (this.#wanted) return;
    this.#wanted = true;
    this.#dial(peerId);
  }

  send(message: Message): void {
    if (message.targetId !== this.#remote?.peerId) return;
    // Repo types a message by its document; the wire types it by its `type`. They are the same maps.
    this.#link?.send(message as Message & Frame);
  }

  disconnect(): void {
    this.#wanted = false;
    this.#cancelDial?.();
    this.#link?.end({ code: 'left', detail: 'this terminal closed the link' });
  }

  #dial(peerId: PeerId): void {
    const { url, device, surroundings, limits = LINK_LIMITS } = this.#parts;
    this.#link = new WebSocketLink({
      url,
      peerId,
      peerMetadata: { ...this.peerMetadata, device },
      limits,
      surroundings,
      greeted: (frame) => this.#greeted(frame),
      received: (frame) => this.#received(frame),
      ended: (end) => this.#ended(peerId, end),
    });
    this.#link.dial();
  }

  #greeted(frame: FrameOf<'peer'>): void {
    const peerId = frame.senderId as PeerId;
    this.#remote = { peerId, since: this.#parts.surroundings.now() };
    const { storageId, isEphemeral } = frame.peerMetadata;
    this.emit('peer-candidate', {
      peerId,
      peerMetadata: {
        ...(storageId === undefined ? {} : { storageId: storageId as StorageId }),
        ...(isEphemeral === undefined ? {} : { isEphemeral }),
      },
    });
  }

  #received(frame: FrameOf<'sync'> | FrameOf<'request'> | FrameOf<'doc-unavailable'>): void {
    this.emit('message', frame as FrameOf<'sync'> & Message);
  }

  #ended(peerId: PeerId, end: LinkEnd): void {
    const { surroundings, trouble } = this.#parts;
    const remote = this.#remote;
    this.#link = undefined;
    this.#remote = undefined;
    if (remote !== undefined) {
      if (surroundings.now() - remote.since >= GOOD_LINK_MS) this.#attempt = 0;
      this.emit('peer-disconnected', { peerId: remote.peerId });
    }
    trouble(end);
    if (!this.#wanted) return;
    const delay = backoffDelay(this.#attempt++, surroundings.random());
    this.#cancelDial = surroundings.after(delay, () => this.#dial(peerId));
  }
}

import {
  NetworkAdapter,
  type Message,
  type PeerId,
  type PeerMetadata,
  type StorageId,
} from '@automerge/automerge-repo/slim';
import type { Frame, FrameOf, PeerMetadata as WirePeerMetadata } from '#model/protocol/frame.ts';
import { HOLDINGS_VERSION } from '#model/protocol/holdings.ts';
import type { DeviceKey } from '../device/device-key.ts';
import { REDIAL_BOUNDS, RETRY_BOUNDS, backoffDelay, type BackoffBounds } from './backoff.ts';
import type { Standing } from '#model/trust/standing.ts';
import type { ToldHoldings } from './relay-meeting.ts';
import type { Surroundings } from './surroundings.ts';
import { LINK_LIMITS, WebSocketLink, type LinkEnd, type LinkLimits } from './websocket-link.ts';

/** A link that lived so long was a good one: delays begin anew after it, in milliseconds. */
const GOOD_LINK_MS = 10_000;

/** How long a device that was revoked or has expired waits before it asks again, in milliseconds. */
const SHUT_OUT_MS = 15_000;

/** What a relay says besides messages for documents. */
export type RelayNews =
  /** How this device stands, whenever that changes (rule E5). */
  | { readonly type: 'standing'; readonly standing: Standing }
  /** A relay has answered the call, and whether it wants to be told what is held here (rule W9). Before anybody else hears. */
  | { readonly type: 'greeted'; readonly meets: boolean }
  /** Which documents of the oldest unanswered message about what is held here are not the same at the relay (rule W9). */
  | { readonly type: 'unlike'; readonly places: Uint8Array }
  /** Changes this device made to a document were left out (rule E7). */
  | { readonly type: 'refused'; readonly documentId: string };

/** What the network needs. `trouble` hears why each link ended. */
export type NetworkParts = {
  readonly url: string;
  readonly device: NonNullable<WirePeerMetadata['device']>;
  readonly deviceKey?: DeviceKey;
  readonly surroundings: Surroundings;
  readonly trouble: (end: LinkEnd) => void;
  readonly limits?: LinkLimits;
  /** {@link REDIAL_BOUNDS} unless told. */
  readonly redial?: BackoffBounds;
};

/**
 * automerge-repo's WebSocket protocol, version 1, for a link that comes and goes: it dials for ever with growing delays,
 * notices a silent peer, ends a link rather than lose a message, and throws nothing. Works with stock servers too.
 */
export class ResilientWebSocketNetwork extends NetworkAdapter {
  readonly #parts: NetworkParts;
  readonly #listeners = new Set<(news: RelayNews) => void>();
  #standing: Standing | undefined;
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

  /** Tells the relay what is held here (rule W9). */
  tellHoldings(holdings: ToldHoldings): void {
    const targetId = this.#remote?.peerId;
    if (targetId === undefined || this.peerId === undefined) return;
    this.#link?.send({ type: 'tillmesh-holdings', senderId: this.peerId, targetId, ...holdings });
  }

  /** Hears what the relay says besides messages; gives back the function that stops it. */
  watch(listener: (news: RelayNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the link and dials again, so that both sides forget what they believed the other has. */
  renew(): void {
    this.#link?.end({ code: 'renewed', detail: 'this terminal begins a new link' });
  }

  disconnect(): void {
    this.#wanted = false;
    this.#cancelDial?.();
    this.#link?.end({ code: 'left', detail: 'this terminal closed the link' });
  }

  #dial(peerId: PeerId): void {
    const { url, device, deviceKey, surroundings, limits = LINK_LIMITS } = this.#parts;
    this.#link = new WebSocketLink({
      url,
      peerId,
      peerMetadata: { ...this.peerMetadata, device, holdings: HOLDINGS_VERSION },
      deviceKey,
      limits,
      surroundings,
      greeted: (frame) => this.#greeted(frame),
      received: (frame) => this.#received(frame),
      refused: (documentId) => this.#tell({ type: 'refused', documentId }),
      unlike: (places) => this.#tell({ type: 'unlike', places }),
      ended: (end) => this.#ended(peerId, end),
    });
    this.#link.dial();
  }

  #greeted(frame: FrameOf<'peer'>): void {
    const peerId = frame.senderId as PeerId;
    this.#remote = { peerId, since: this.#parts.surroundings.now() };
    this.#stand('accepted');
    const { storageId, isEphemeral, holdings } = frame.peerMetadata;
    this.#tell({ type: 'greeted', meets: holdings === HOLDINGS_VERSION });
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
    if (end.standing !== undefined) this.#stand(end.standing);
    if (!this.#wanted) return;
    const delay = this.#delayAfter(end, remote !== undefined);
    this.#cancelDial = surroundings.after(delay, () => this.#dial(peerId));
  }

  /** An unknown device is soon known when it was just enrolled; one that is shut out rarely comes back. */
  #delayAfter({ code, standing }: LinkEnd, wasUp: boolean): number {
    if (code === 'rights-changed' && wasUp) return 0;
    if (standing === 'revoked' || standing === 'expired') return SHUT_OUT_MS;
    const { redial = REDIAL_BOUNDS } = this.#parts;
    const bounds = code === 'unreachable' || code === 'closed' ? redial : RETRY_BOUNDS;
    return backoffDelay(this.#attempt++, this.#parts.surroundings.random(), bounds);
  }

  #stand(standing: Standing): void {
    if (standing === this.#standing) return;
    this.#standing = standing;
    this.#tell({ type: 'standing', standing });
  }

  #tell(news: RelayNews): void {
    for (const listener of this.#listeners) listener(news);
  }
}

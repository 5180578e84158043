import {
  CLOSE_CODES,
  PROTOCOL_VERSION,
  decodeFrame,
  type Frame,
  type FrameOf,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { Link, type LinkSocket } from './link.ts';

/** What a connection reports to the relay it belongs to. */
export type ConnectionEvents = {
  /** The handshake is done: the peer takes part from now on. */
  readonly onLink: (link: Link) => void;
  /** A sync message came in. */
  readonly onSync: (link: Link, frame: FrameOf<'sync' | 'request'>) => void;
  /** A frame was refused and the connection closed. */
  readonly onRefused: (reason: string) => void;
};

/** Who this end is. */
export type OwnPeer = { readonly peerId: string; readonly metadata: PeerMetadata };

/** One socket from handshake to end. The dialling side sends `join`, the other answers `peer`; then both are equal. */
export class Connection {
  readonly #own: OwnPeer;
  readonly #direction: 'in' | 'out';
  readonly #socket: LinkSocket;
  readonly #events: ConnectionEvents;
  readonly #now: () => string;
  #link: Link | undefined;
  #ended = false;

  constructor(
    own: OwnPeer,
    direction: 'in' | 'out',
    socket: LinkSocket,
    events: ConnectionEvents,
    now: () => string,
  ) {
    this.#own = own;
    this.#direction = direction;
    this.#socket = socket;
    this.#events = events;
    this.#now = now;
  }

  /** The link, once the handshake is done. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** The socket is open: the dialling side introduces itself. */
  opened(send: (frame: Frame) => void): void {
    if (this.#direction === 'out') {
      send({
        type: 'join',
        senderId: this.#own.peerId,
        peerMetadata: this.#own.metadata,
        supportedProtocolVersions: [PROTOCOL_VERSION],
      });
    }
  }

  /** Takes one message of the socket; anything that is no frame of the protocol ends the connection and nothing else. */
  receive(data: Uint8Array): void {
    if (this.#ended) return;
    const frame = decodeFrame(data);
    if (!frame.ok) this.#refuse(`${frame.error.code}: ${frame.error.detail}`);
    else if (this.#link) this.#handle(this.#link, frame.value);
    else this.#greet(frame.value);
  }

  /** The socket is gone. */
  ended(): void {
    this.#ended = true;
    this.#link?.closed();
  }

  #greet(frame: Frame): void {
    if (this.#direction === 'in' && frame.type === 'join') {
      if (!frame.supportedProtocolVersions.includes(PROTOCOL_VERSION)) {
        this.#refuse(`protocol versions ${frame.supportedProtocolVersions.join(', ')} are not spoken here`);
        return;
      }
      this.#link = this.#makeLink(frame.senderId, frame.peerMetadata);
      this.#link.send({
        type: 'peer',
        senderId: this.#own.peerId,
        targetId: frame.senderId,
        peerMetadata: this.#own.metadata,
        selectedProtocolVersion: PROTOCOL_VERSION,
      });
      this.#events.onLink(this.#link);
    } else if (this.#direction === 'out' && frame.type === 'peer') {
      this.#link = this.#makeLink(frame.senderId, frame.peerMetadata);
      this.#events.onLink(this.#link);
    } else {
      this.#refuse(`"${frame.type}" before the handshake`);
    }
  }

  #makeLink(peerId: string, metadata: PeerMetadata): Link {
    const peer = { id: peerId, metadata, direction: this.#direction, since: this.#now() };
    return new Link(this.#own.peerId, peer, this.#socket);
  }

  #handle(link: Link, frame: Frame): void {
    if (frame.senderId !== link.peerId) {
      this.#refuse(`a frame in the name of another peer`);
      return;
    }
    if (frame.type === 'sync' || frame.type === 'request') this.#events.onSync(link, frame);
    else if (frame.type === 'tillmesh-ping') link.send({ type: 'tillmesh-pong', senderId: this.#own.peerId });
    // Ephemeral and remote-heads frames of stock peers carry nothing a relay keeps.
  }

  #refuse(reason: string): void {
    this.#ended = true;
    this.#events.onRefused(reason);
    this.#link?.closed();
    this.#socket.close(CLOSE_CODES.badFrame, reason.slice(0, 100));
  }
}

import {
  CLOSE_CODES,
  LATEST_VERSION,
  PROTOCOL_VERSION,
  decodeFrame,
  encodeFrame,
  type Frame,
  type FrameOf,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { HOLDINGS_VERSION } from '#model/protocol/holdings.ts';
import { OUTLINE_VERSION, SUMMARY_VERSION } from '#model/protocol/summary.ts';
import { proofOf, type Admission, type Door, type Turned } from './door.ts';
import { Link, type LinkSocket } from './link.ts';

/** What a connection reports to the relay it belongs to. */
export type ConnectionEvents = {
  /** The handshake is done: the peer takes part from now on. */
  readonly onLink: (link: Link) => void;
  /** A sync message came in. */
  readonly onSync: (link: Link, frame: FrameOf<'sync' | 'request'>) => void;
  /** A relay that dialled says what it holds. */
  readonly onSummary: (link: Link, frame: FrameOf<'tillmesh-summary'>) => void;
  /** A relay that dialled says in short what it holds, or answered what we said. */
  readonly onOutline: (link: Link, frame: FrameOf<'tillmesh-outline'>) => void;
  readonly onRanges: (link: Link, frame: FrameOf<'tillmesh-ranges'>) => void;
  /** A relay answered our summary. */
  readonly onDifferences: (link: Link, frame: FrameOf<'tillmesh-differences'>) => void;
  /** A terminal says what it holds. */
  readonly onHoldings: (link: Link, frame: FrameOf<'tillmesh-holdings'>) => void;
  /** A relay asks how far this one holds a register's journal. */
  readonly onAskLatest: (link: Link, frame: FrameOf<'tillmesh-ask-latest'>) => void;
  /** A relay answered how far it does. */
  readonly onLatest: (link: Link, frame: FrameOf<'tillmesh-latest'>) => void;
  /** Head office's word for a document came in. */
  readonly onVoucher: (link: Link, frame: FrameOf<'tillmesh-voucher'>) => void;
  /** A frame or a peer was refused and the connection closed. */
  readonly onRefused: (turned: Turned, peer: string | undefined) => void;
};

/** No frame of the handshake is longer, in bytes; what is not let in must not cost more. */
const MAX_GREETING_BYTES = 16 * 1024;

/** What relays that know it say to each other in place of what automerge-repo does. */
const SPOKEN = { summary: SUMMARY_VERSION, outline: OUTLINE_VERSION, latest: LATEST_VERSION } as const;

/** Who this end is. */
export type OwnPeer = {
  readonly peerId: string;
  readonly metadata: PeerMetadata & { readonly device: NonNullable<PeerMetadata['device']> };
};

/** What a connection is made of; without a door anybody may come in and say who they are. */
export type ConnectionParts = {
  readonly own: OwnPeer;
  readonly direction: 'in' | 'out';
  readonly socket: LinkSocket;
  readonly events: ConnectionEvents;
  readonly door: Door | undefined;
  readonly now: () => string;
};

/**
 * One socket from handshake to end. The dialling side sends `join`; the other asks for a proof, gets it and answers `peer`
 * with a proof of its own (rule E5); then both are equal.
 */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #nonce: string;
  #joining: FrameOf<'join'> | undefined;
  #proved = false;
  #link: Link | undefined;
  #ended = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#nonce = parts.door?.nonce() ?? '';
  }

  /** The link, once the handshake is done. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** The socket is open: the dialling side introduces itself. */
  opened(): void {
    const { own, direction, door } = this.#parts;
    if (direction === 'in') return;
    this.#send({
      type: 'join',
      senderId: own.peerId,
      peerMetadata: { ...own.metadata, ...SPOKEN },
      supportedProtocolVersions: [PROTOCOL_VERSION],
      ...(door === undefined ? {} : { challenge: this.#nonce }),
    });
  }

  /** Takes one message of the socket; anything that is no frame of the protocol ends the connection and nothing else. */
  receive(data: Uint8Array): void {
    if (this.#ended) return;
    if (!this.#link && data.byteLength > MAX_GREETING_BYTES)
      return this.#refuse('more than a greeting before the handshake');
    const frame = decodeFrame(data);
    if (!frame.ok) this.#refuse(`${frame.error.code}: ${frame.error.detail}`);
    else if (this.#link) this.#handle(this.#link, frame.value);
    else if (this.#parts.direction === 'in') this.#greet(frame.value);
    else this.#meet(frame.value);
  }

  /** The socket is gone. */
  ended(): void {
    this.#ended = true;
    this.#link?.closed();
  }

  /** The side that was dialled: `join`, then the proof it asked for. */
  #greet(frame: Frame): void {
    const { door } = this.#parts;
    if (frame.type === 'join' && this.#joining === undefined) {
      if (!frame.supportedProtocolVersions.includes(PROTOCOL_VERSION))
        return this.#refuse(
          `protocol versions ${frame.supportedProtocolVersions.join(', ')} are not spoken here`,
        );
      this.#joining = frame;
      if (door === undefined) this.#letIn(frame, openly(frame.peerMetadata));
      else if (frame.peerMetadata.device === undefined) this.#turnAway(NO_DEVICE);
      else this.#challenge();
    } else if (frame.type === 'tillmesh-proof' && this.#joining !== undefined && door !== undefined) {
      const { senderId: peerId, peerMetadata: metadata } = this.#joining;
      const peer = door.check({ nonce: this.#nonce, peerId, metadata, signature: frame.signature });
      if (peer.ok) this.#letIn(this.#joining, peer.value);
      else this.#turnAway(peer.error);
    } else {
      this.#refuse(`"${frame.type}" before the handshake`);
    }
  }

  #challenge(): void {
    const { own } = this.#parts;
    const { id: device } = own.metadata.device;
    this.#send({ type: 'tillmesh-challenge', senderId: own.peerId, nonce: this.#nonce, device });
  }

  #letIn(join: FrameOf<'join'>, admission: Admission): void {
    const { own, door, events } = this.#parts;
    const link = this.#makeLink(join, admission);
    this.#link = link;
    link.send({
      type: 'peer',
      senderId: own.peerId,
      targetId: join.senderId,
      peerMetadata: {
        ...own.metadata,
        ...(link.summarizes ? SPOKEN : {}),
        ...(link.tellsHoldings ? { holdings: HOLDINGS_VERSION } : {}),
      },
      selectedProtocolVersion: PROTOCOL_VERSION,
      ...this.#answerTo(join, door),
    });
    events.onLink(link);
  }

  /** The proof a dialling relay asked for. */
  #answerTo({ challenge, peerMetadata }: FrameOf<'join'>, door: Door | undefined): { proof?: string } {
    const verifier = peerMetadata.device?.id;
    if (door === undefined || challenge === undefined || verifier === undefined) return {};
    return { proof: door.prove({ nonce: challenge, verifier, peerId: this.#parts.own.peerId }) };
  }

  /** The side that dialled: proves itself when asked, then checks who answers. */
  #meet(frame: Frame): void {
    const { own, door, events } = this.#parts;
    if (frame.type === 'tillmesh-challenge' && door !== undefined && !this.#proved) {
      this.#proved = true;
      if (!door.answersTo(frame.device)) return this.#turnAway(NO_RELAY_OF_OURS);
      const signature = door.prove({ nonce: frame.nonce, verifier: frame.device, peerId: own.peerId });
      this.#send({ type: 'tillmesh-proof', senderId: own.peerId, signature });
    } else if (frame.type === 'peer') {
      const peer = door?.check(proofOf(frame, this.#nonce));
      if (peer?.ok === false) return this.#turnAway(peer.error);
      this.#link = this.#makeLink(frame, peer?.value ?? openly(frame.peerMetadata));
      events.onLink(this.#link);
    } else {
      this.#refuse(`"${frame.type}" before the handshake`);
    }
  }

  #makeLink(frame: FrameOf<'join' | 'peer'>, { device, trust }: Admission): Link {
    const { own, direction, socket, now } = this.#parts;
    const metadata = { ...frame.peerMetadata, device };
    const isTool = device !== undefined && device.id === own.metadata.device.id;
    const peer = { id: frame.senderId, metadata, trust, direction, since: now(), isTool };
    return new Link(own.peerId, peer, socket);
  }

  #handle(link: Link, frame: Frame): void {
    if (frame.senderId !== link.peerId) {
      this.#refuse(`a frame in the name of another peer`);
      return;
    }
    const { own, events } = this.#parts;
    if (frame.type === 'sync' || frame.type === 'request') events.onSync(link, frame);
    else if (frame.type === 'tillmesh-summary') events.onSummary(link, frame);
    else if (frame.type === 'tillmesh-outline') events.onOutline(link, frame);
    else if (frame.type === 'tillmesh-ranges') events.onRanges(link, frame);
    else if (frame.type === 'tillmesh-differences') events.onDifferences(link, frame);
    else if (frame.type === 'tillmesh-holdings') events.onHoldings(link, frame);
    else if (frame.type === 'tillmesh-ask-latest') events.onAskLatest(link, frame);
    else if (frame.type === 'tillmesh-latest') events.onLatest(link, frame);
    else if (frame.type === 'tillmesh-voucher') events.onVoucher(link, frame);
    else if (frame.type === 'tillmesh-ping') link.send({ type: 'tillmesh-pong', senderId: own.peerId });
    // Ephemeral and remote-heads frames of stock peers carry nothing a relay keeps.
  }

  #send(frame: Frame): void {
    this.#parts.socket.send(encodeFrame(frame), () => undefined);
  }

  #refuse(reason: string): void {
    this.#turnAway({ code: CLOSE_CODES.badFrame, reason });
  }

  #turnAway(turned: Turned): void {
    this.#ended = true;
    this.#parts.events.onRefused(turned, this.#joining?.senderId);
    this.#link?.closed();
    this.#parts.socket.close(turned.code, turned.reason.slice(0, 100));
  }
}

const NO_DEVICE = { code: CLOSE_CODES.unproven, reason: 'this relay asks for the proof of a device' };
const NO_RELAY_OF_OURS = { code: CLOSE_CODES.unknownDevice, reason: 'this is no relay of our organization' };

/** At an open relay a peer is who it says it is. */
function openly({ device }: PeerMetadata): Admission {
  return { device, trust: 'open' };
}

import { Encoder } from 'cbor-x';
import * as v from 'valibot';
import { registerIdSchema, storeIdSchema } from '../ids/register-id.ts';
import { err, ok, type Result } from '../result.ts';
import { nonceSchema, signatureSchema } from '../trust/challenge.ts';
import { deviceIdSchema } from '../trust/device.ts';
import { voucherSchema } from '../trust/voucher.ts';

/** The automerge-repo WebSocket protocol, version 1 (rule W1): one CBOR map per binary frame. */
export const PROTOCOL_VERSION = '1';

/** The version of the questions about the end of a register's journal (rule W12). */
export const LATEST_VERSION = 1;

/** The largest frame either side takes, in bytes (rule W2). */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const peerText = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'sync data are bytes');

/**
 * What a peer says about itself. `storageId` names its durable store; the `device` part is ours, and stock peers neither
 * send nor need it.
 */
export const peerMetadataSchema = v.looseObject({
  storageId: v.optional(v.pipe(v.string(), v.maxLength(200))),
  isEphemeral: v.optional(v.boolean()),
  /** The version of the summary a relay tells instead of offering every document (rule W5); left out by peers without. */
  summary: v.optional(v.number()),
  /** The version of the outline a relay tells before a long summary (rule W11); left out by peers without. */
  outline: v.optional(v.number()),
  /** The version of what a terminal tells of its documents instead of offering each (rule W9); left out by peers without. */
  holdings: v.optional(v.number()),
  /** The version of the questions a relay answers about the end of a register's journal (rule W12); left out by peers without. */
  latest: v.optional(v.number()),
  device: v.optional(
    v.strictObject({
      id: deviceIdSchema,
      role: v.picklist(['terminal', 'relay', 'hq', 'indexer', 'back-office']),
      store: v.optional(v.string()),
      register: v.optional(v.string()),
      organization: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/))),
    }),
  ),
});

const frameSchema = v.variant('type', [
  v.looseObject({
    type: v.literal('join'),
    senderId: peerText,
    peerMetadata: v.optional(peerMetadataSchema, {}),
    supportedProtocolVersions: v.optional(v.array(v.string()), [PROTOCOL_VERSION]),
    /** The dialling side's nonce, for the proof it wants in the answer (rule E5). */
    challenge: v.optional(nonceSchema),
  }),
  v.looseObject({
    type: v.literal('peer'),
    senderId: peerText,
    targetId: peerText,
    peerMetadata: v.optional(peerMetadataSchema, {}),
    selectedProtocolVersion: v.string(),
    /** The answering side's signature over the dialling side's nonce (rule E5). */
    proof: v.optional(signatureSchema),
  }),
  v.looseObject({
    type: v.literal('error'),
    senderId: peerText,
    targetId: v.optional(peerText),
    message: v.string(),
  }),
  v.looseObject({
    type: v.literal('sync'),
    senderId: peerText,
    targetId: peerText,
    documentId: v.string(),
    data: bytes,
  }),
  v.looseObject({
    type: v.literal('request'),
    senderId: peerText,
    targetId: peerText,
    documentId: v.string(),
    data: bytes,
  }),
  v.looseObject({
    type: v.literal('doc-unavailable'),
    senderId: peerText,
    targetId: peerText,
    documentId: v.string(),
  }),
  v.looseObject({ type: v.literal('ephemeral'), senderId: peerText, targetId: peerText }),
  v.looseObject({ type: v.literal('remote-subscription-change'), senderId: peerText, targetId: peerText }),
  v.looseObject({ type: v.literal('remote-heads-changed'), senderId: peerText, targetId: peerText }),
  // Ours: keeps a silent link honest, since a browser cannot see WebSocket pings (rule W3).
  v.looseObject({ type: v.literal('tillmesh-ping'), senderId: peerText }),
  v.looseObject({ type: v.literal('tillmesh-pong'), senderId: peerText }),
  // Ours: between `join` and `peer` the side that was dialled asks for a proof and gets it (rule E5).
  v.looseObject({
    type: v.literal('tillmesh-challenge'),
    senderId: peerText,
    nonce: nonceSchema,
    device: deviceIdSchema,
  }),
  v.looseObject({ type: v.literal('tillmesh-proof'), senderId: peerText, signature: signatureSchema }),
  // Ours: changes to a document the sender may not write were left out; its copy is not everyone's copy (rule E7).
  v.looseObject({
    type: v.literal('tillmesh-refused'),
    senderId: peerText,
    targetId: peerText,
    documentId: v.string(),
  }),
  // Ours: head office's word for the state of a document it owns, passed on with it (rule E6).
  v.looseObject({
    type: v.literal('tillmesh-voucher'),
    senderId: peerText,
    targetId: peerText,
    voucher: voucherSchema,
  }),
  // Ours: what the side that dialled holds, and what the other holds where that differs (rule W5).
  v.looseObject({
    type: v.literal('tillmesh-summary'),
    senderId: peerText,
    targetId: peerText,
    blocks: bytes,
  }),
  v.looseObject({
    type: v.literal('tillmesh-differences'),
    senderId: peerText,
    targetId: peerText,
    blocks: bytes,
  }),
  // Ours: a summary of a summary, and where the other side differs from it (rule W11).
  v.looseObject({
    type: v.literal('tillmesh-outline'),
    senderId: peerText,
    targetId: peerText,
    blocks: bytes,
  }),
  v.looseObject({
    type: v.literal('tillmesh-ranges'),
    senderId: peerText,
    targetId: peerText,
    ranges: bytes,
  }),
  // Ours: what a terminal holds, what it does not want to be told of, and whether it wants the rest (rule W9).
  v.looseObject({
    type: v.literal('tillmesh-holdings'),
    senderId: peerText,
    targetId: peerText,
    blocks: bytes,
    known: bytes,
    rest: v.boolean(),
  }),
  // Ours: the documents of those that the relay does not hold in the same state (rule W9).
  v.looseObject({
    type: v.literal('tillmesh-unlike'),
    senderId: peerText,
    targetId: peerText,
    places: bytes,
  }),
  // Ours: which session of a register is the latest at the other relay, 0 without any (rule W12).
  v.looseObject({
    type: v.literal('tillmesh-ask-latest'),
    senderId: peerText,
    targetId: peerText,
    store: storeIdSchema,
    register: registerIdSchema,
  }),
  v.looseObject({
    type: v.literal('tillmesh-latest'),
    senderId: peerText,
    targetId: peerText,
    store: storeIdSchema,
    register: registerIdSchema,
    session: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffff_ffff)),
  }),
]);

/** A checked frame of the protocol. */
export type Frame = v.InferOutput<typeof frameSchema>;
/** The frame of one type. */
export type FrameOf<Type extends Frame['type']> = Extract<Frame, { type: Type }>;
/** What a peer says about itself. */
export type PeerMetadata = v.InferOutput<typeof peerMetadataSchema>;

/** Why a frame was refused; the link it came on is not trusted further, everything else goes on (rule W4). */
export type FrameRefusal = {
  readonly code: 'not-binary' | 'too-large' | 'empty' | 'not-cbor' | 'bad-shape';
  readonly detail: string;
};

/**
 * WebSocket close codes of ours, in the range open to applications. From 4401 on `unproven` to `rightsChanged` they tell a
 * device why it may not take part (rule E5), so that it can tell its user.
 */
export const CLOSE_CODES = {
  goingAway: 1001,
  retry: 1011,
  badFrame: 4400,
  /** No key, or a signature that is not this device's. */
  unproven: 4401,
  /** The device is not listed in the organization. */
  unknownDevice: 4403,
  tooSlow: 4408,
  duplicateLink: 4409,
  revoked: 4410,
  expired: 4411,
  /** A peer id that does not begin with the device's id. */
  foreignPeerId: 4412,
  /** What the device may do was changed; it connects again with its new rights. */
  rightsChanged: 4413,
} as const;

const codec = new Encoder({ tagUint8Array: false, useRecords: false });

/** Writes a frame. */
export function encodeFrame(frame: Frame): Uint8Array {
  return codec.encode(frame);
}

/** Reads a frame; never throws, whatever the bytes are. */
export function decodeFrame(data: Uint8Array): Result<Frame, FrameRefusal> {
  if (data.byteLength === 0) return err({ code: 'empty', detail: 'a frame without bytes' });
  if (data.byteLength > MAX_FRAME_BYTES)
    return err({ code: 'too-large', detail: `${data.byteLength} bytes` });
  let value: unknown;
  try {
    value = codec.decode(data);
  } catch (cause) {
    return err({ code: 'not-cbor', detail: cause instanceof Error ? cause.message : String(cause) });
  }
  const parsed = v.safeParse(frameSchema, value);
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  return err({ code: 'bad-shape', detail: `${v.getDotPath(issue) ?? 'frame'}: ${issue.message}` });
}

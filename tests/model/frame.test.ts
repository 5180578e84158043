import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { MAX_FRAME_BYTES, decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';

const FRAMES: readonly Frame[] = [
  {
    type: 'join',
    senderId: 'till-1',
    peerMetadata: { storageId: 's', isEphemeral: false },
    supportedProtocolVersions: ['1'],
  },
  {
    type: 'peer',
    senderId: 'relay',
    targetId: 'till-1',
    peerMetadata: {
      device: { id: '0123456789abcdef', role: 'relay', store: 'S01', organization: '0123456789ab' },
    },
    selectedProtocolVersion: '1',
  },
  { type: 'error', senderId: 'relay', targetId: 'till-1', message: 'version' },
  { type: 'sync', senderId: 'a', targetId: 'b', documentId: 'doc', data: new Uint8Array([0x42, 0, 255]) },
  { type: 'request', senderId: 'a', targetId: 'b', documentId: 'doc', data: new Uint8Array() },
  { type: 'doc-unavailable', senderId: 'a', targetId: 'b', documentId: 'doc' },
  { type: 'tillmesh-ping', senderId: 'a' },
  { type: 'tillmesh-pong', senderId: 'b' },
  { type: 'tillmesh-challenge', senderId: 'b', nonce: 'N'.repeat(43), device: '0123456789abcdef' },
  { type: 'tillmesh-proof', senderId: 'a', signature: 'S'.repeat(86) },
  { type: 'tillmesh-refused', senderId: 'b', targetId: 'a', documentId: 'doc' },
  {
    type: 'tillmesh-voucher',
    senderId: 'b',
    targetId: 'a',
    voucher: {
      document: 'doc',
      heads: ['0'.repeat(64)],
      device: '0123456789abcdef',
      signature: 'S'.repeat(86),
    },
  },
  {
    type: 'tillmesh-ask-latest',
    senderId: 'a',
    targetId: 'b',
    store: storeId(1),
    register: registerId(2),
  },
  {
    type: 'tillmesh-latest',
    senderId: 'b',
    targetId: 'a',
    store: storeId(1),
    register: registerId(2),
    session: 0,
  },
];
const CODES = ['not-binary', 'too-large', 'empty', 'not-cbor', 'bad-shape'];

function answer(bytes: Uint8Array): string {
  const read = decodeFrame(bytes);
  return read.ok ? read.value.type : read.error.code;
}

describe('frames', () => {
  test.each(FRAMES)('[W1] a $type frame comes out as it went in', (frame) => {
    const read = decodeFrame(encodeFrame(frame));
    expect(
      read.ok && {
        ...read.value,
        // Node decodes bytes into a Buffer, which strict equality tells from a Uint8Array.
        ...(read.value.type === 'sync' || read.value.type === 'request'
          ? { data: new Uint8Array(read.value.data) }
          : {}),
      },
    ).toStrictEqual(frame);
  });

  test('[W1] fields we do not know pass through', () => {
    const frame = { ...FRAMES[5], future: [1, { two: 2 }] } as Frame;
    expect(decodeFrame(encodeFrame(frame))).toStrictEqual({ ok: true, value: frame });
  });

  test('[W1] a stock peer that says little about itself is understood', () => {
    const read = decodeFrame(encodeFrame({ type: 'join', senderId: 'a' } as Frame));
    expect(read).toStrictEqual({
      ok: true,
      value: { type: 'join', senderId: 'a', peerMetadata: {}, supportedProtocolVersions: ['1'] },
    });
  });

  test('[W2] a frame above 16 MiB is refused unread', () => {
    expect(answer(new Uint8Array(MAX_FRAME_BYTES + 1))).toBe('too-large');
    expect(answer(new Uint8Array(MAX_FRAME_BYTES))).not.toBe('too-large');
  });

  test.each([
    ['no bytes', '', 'empty'],
    ['a text that stops early', '6a6162', 'not-cbor'],
    ['an array that claims four billion members', '9affffffff', 'not-cbor'],
    ['a map that claims four billion members', 'baffffffff', 'not-cbor'],
    ['a function by tag', 'd81b82646576616c6131', 'bad-shape'],
    ['a number', '01', 'bad-shape'],
    ['a join without a sender', 'a16474797065646a6f696e', 'bad-shape'],
  ])('[W4] refuses %s', (_, hex, code) => {
    expect(answer(Buffer.from(hex, 'hex'))).toBe(code);
  });

  test('[W4] arrays nested as deep as a frame allows neither throw nor fill the memory', () => {
    const deep = Buffer.alloc(200_000, Buffer.from('9a000fffff', 'hex'));
    expect(CODES).toContain(answer(deep));
    expect(CODES).toContain(answer(Buffer.alloc(200_000, 0x81)));
  });

  test('[W4] any bytes are answered, never with an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(CODES).toContain(answer(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('[W4] a damaged frame is answered too, and the next sound one is read as ever', () => {
    const damage = fc.record({
      frame: fc.constantFrom(...FRAMES),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      cut: fc.nat(10),
    });
    const types = FRAMES.map((frame) => frame.type);
    fc.assert(
      fc.property(damage, ({ frame, changes, cut }) => {
        const bytes = new Uint8Array(encodeFrame(frame));
        for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
        expect([...CODES, ...types]).toContain(answer(bytes.subarray(0, bytes.length - cut)));
        expect(answer(encodeFrame(frame))).toBe(frame.type);
      }),
      { numRuns: 2000 },
    );
  });
});

import * as A from '@automerge/automerge';
import { expect, test } from 'vitest';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { withEntries } from '../../sync-relay/entries-document.ts';
import { Link } from '../../sync-relay/link.ts';
import { Replies } from '../../sync-relay/replies.ts';
import { decodeFrame } from '#model/protocol/frame.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

const KEY = { class: 'session' as const, store: storeId(1), register: registerId(1), session: 1 };
const ID: DocumentId = documentId({ organization: ORGANIZATION, key: KEY });

/** A relay's side of one document and a till at the other end, with the messages between them in the test's hands. */
class Meeting {
  readonly sent: Uint8Array[] = [];
  /** For each message that ever was sent whether it was worth compressing. */
  readonly compressed: boolean[] = [];
  readonly #link: Link;
  readonly #replies = new Replies(ID, { organization: ORGANIZATION, key: KEY });
  relay: A.Doc<unknown> = A.init();
  till: A.Doc<unknown> = A.init();
  #tillState = A.initSyncState();

  constructor(role: 'terminal' | 'relay') {
    this.#link = new Link(
      'relay',
      {
        id: 'till',
        metadata: { device: { id: '0'.repeat(16), role } },
        trust: 'open',
        direction: 'in',
        since: '2026-11-21T00:00:00.000Z',
        isTool: false,
      },
      { send: (bytes, _sent, compress) => this.#note(bytes, compress), close: () => undefined },
    );
  }

  #note(bytes: Uint8Array, compress = true): void {
    const frame = decodeFrame(bytes);
    this.compressed.push(compress);
    if (frame.ok && frame.value.type === 'sync') this.sent.push(new Uint8Array(frame.value.data));
  }

  /** The relay has something new and tells the till. */
  sells(sale: number): void {
    this.relay = withEntries(this.relay, { [String(sale)]: `sale ${sale}` });
    this.replies();
  }

  replies(): void {
    this.#replies.send(this.#link, this.relay, A.getHeads(this.relay), []);
  }

  /** The till takes the oldest message that was sent to it; gives its answer. */
  takes(): Uint8Array | null {
    const message = this.sent.shift();
    if (message === undefined) return null;
    [this.till, this.#tillState] = A.receiveSyncMessage(this.till, this.#tillState, message);
    const [state, answer] = A.generateSyncMessage(this.till, this.#tillState);
    this.#tillState = state;
    return answer;
  }

  /** The relay hears an answer and says what it has to say to that. */
  hears(answer: Uint8Array | null): void {
    if (answer === null) return;
    const [doc, state] = A.receiveSyncMessage(this.relay, this.#link.syncState(ID, false), answer);
    this.relay = doc;
    this.#link.setSyncState(ID, state);
    this.replies();
  }

  /** Lets both talk until nobody has anything to say. */
  settles(): void {
    while (this.sent.length > 0) this.hears(this.takes());
  }
}

test('a till that answers what is behind already is told nothing twice, and has everything in the end', () => {
  const meeting = new Meeting('terminal');
  meeting.sells(1);
  meeting.settles();
  meeting.sells(2);
  meeting.sells(3);
  expect(meeting.sent).toHaveLength(2);
  const late = meeting.takes();
  meeting.hears(late);
  expect(meeting.sent).toHaveLength(1);
  meeting.settles();
  expect(A.getHeads(meeting.till)).toEqual(A.getHeads(meeting.relay));
});

test('one that begins anew hears of everything again', () => {
  const meeting = new Meeting('terminal');
  meeting.sells(1);
  meeting.settles();
  meeting.sells(2);
  meeting.sent.length = 0;
  const [, beginning] = A.generateSyncMessage(meeting.till, A.initSyncState());
  meeting.hears(beginning);
  expect(meeting.sent).toHaveLength(1);
});

test('a relay, which may have put aside what it was sent, is answered every time', () => {
  const meeting = new Meeting('relay');
  meeting.sells(1);
  meeting.settles();
  meeting.sells(2);
  meeting.sells(3);
  const late = meeting.takes();
  meeting.hears(late);
  expect(meeting.sent).toHaveLength(2);
});

test('a whole document, which Automerge has compressed, is not compressed once more; a single sale is', () => {
  const meeting = new Meeting('terminal');
  for (let sale = 1; sale <= 20; sale++)
    meeting.relay = withEntries(meeting.relay, { [String(sale)]: 'sold' });
  meeting.replies();
  meeting.hears(meeting.takes());
  expect(meeting.compressed).toEqual([true, false]);
  meeting.settles();
  meeting.sells(21);
  expect(meeting.compressed.at(-1)).toBe(true);
});

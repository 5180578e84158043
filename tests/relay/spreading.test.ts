import { expect, test } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { Link } from '../../sync-relay/link.ts';
import { Spreading } from '../../sync-relay/spreading.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

const PLACE = { store: storeId(1), register: registerId(1), session: 1 };
const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });

function linkTo(role: 'terminal' | 'relay'): Link {
  const peer = {
    id: role,
    metadata: { device: { id: '0'.repeat(16), role } },
    trust: 'open' as const,
    direction: 'out' as const,
    since: '2026-11-22T00:00:00.000Z',
    isTool: false,
  };
  return new Link('relay', peer, { send: () => undefined, close: () => undefined });
}

/** The news of one document, with its delayed calls in the test's hands. */
function newsOf(key: DocumentKey) {
  const delayed: (() => void)[] = [];
  const passed: Link[] = [];
  const spreading = new Spreading(idOf(key), key, {
    later: (_after, call) => delayed.push(call),
    passOn: (links) => passed.push(...links),
  });
  return { id: idOf(key), delayed, passed, spreading };
}

const received = (link: Link) => [{ link, data: new Uint8Array(), requested: false }];

test('a terminal that has not answered hears of the next news behind its answer, the others at once', () => {
  const { id, spreading } = newsOf({ class: 'session', ...PLACE });
  const [slow, quick] = [linkTo('terminal'), linkTo('terminal')];
  slow.noteOwed(id);
  expect(spreading.now([slow, quick], [])).toEqual([quick]);
  expect(spreading.isWaiting).toBe(true);
  slow.noteAnswer(id);
  expect(spreading.now([slow, quick], [])).toEqual([slow, quick]);
});

test('a terminal that answers nothing is sent the rest after a while, and waits once at a time', () => {
  const { id, delayed, passed, spreading } = newsOf({ class: 'session', ...PLACE });
  const mute = linkTo('terminal');
  mute.noteOwed(id);
  expect([spreading.now([mute], []), spreading.now([mute], [])]).toEqual([[], []]);
  expect(delayed).toHaveLength(1);
  delayed[0]?.();
  expect(passed).toEqual([mute]);
  expect([mute.owesAnswer(id), spreading.isWaiting]).toEqual([false, false]);
});

test('nothing is sent again to a terminal that answered meanwhile', () => {
  const { id, delayed, passed, spreading } = newsOf({ class: 'session', ...PLACE });
  const till = linkTo('terminal');
  till.noteOwed(id);
  spreading.now([till], []);
  till.noteAnswer(id);
  delayed[0]?.();
  expect(passed).toEqual([]);
});

test('a relay owes no answer: it hears of a sale at once, and later of what another relay sent and of a basket', () => {
  const [till, relay, other] = [linkTo('terminal'), linkTo('relay'), linkTo('relay')];
  const session = newsOf({ class: 'session', ...PLACE });
  relay.noteOwed(session.id);
  expect(session.spreading.now([relay], received(till))).toEqual([relay]);
  expect(session.spreading.now([relay], received(other))).toEqual([]);
  const basket = newsOf({ class: 'basket', ...PLACE });
  expect(basket.spreading.now([relay, till], received(till))).toEqual([till]);
  for (const call of [...session.delayed, ...basket.delayed]) call();
  expect([session.passed, basket.passed]).toEqual([[relay], [relay]]);
});

import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { DocumentFile } from '../../sync-relay/document-file.ts';
import { LogFolder, nodeDisk } from '../../sync-relay/document-log.ts';
import { entriesOf, withEntries } from '../../sync-relay/entries-document.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const log = pino({ level: 'silent' });
const ID = documentId({ organization: ORGANIZATION, key: { class: 'staff' } });

/** A document of four changes in a row, and what each of them appends to a log. */
function fourChanges() {
  let doc: A.Doc<unknown> = A.init();
  const frames = ['a', 'b', 'c', 'd'].map((key) => {
    const before = A.getHeads(doc);
    doc = withEntries(doc, { [key]: key });
    return A.saveSince(doc, before);
  });
  return { doc, frames };
}

/** What is read from a folder whose log of the document holds these frames. */
async function readBack(frames: readonly Uint8Array[]) {
  const folder = new LogFolder(await temporaryFolder(), nodeDisk, log);
  await folder.files(() => true);
  const { log: file } = await folder.open(ID);
  for (const frame of frames) await file.append(frame);
  return DocumentFile.open(folder, ID, [], log);
}

describe('a document on disk', () => {
  test('is all frames of its log together', async () => {
    const { doc, frames } = fourChanges();
    const read = await readBack(frames);
    expect(entriesOf(read.doc)).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' });
    expect(read.file.heads).toEqual(A.getHeads(doc));
  });

  test('is empty where its log is', async () => {
    const read = await readBack([]);
    expect(entriesOf(read.doc)).toEqual({});
    expect(read.file.heads).toEqual([]);
  });

  test('loses nothing to a frame that is no part of a document', async () => {
    const { frames } = fourChanges();
    const [first, ...rest] = frames;
    if (first === undefined) throw new Error('four frames were made');
    const read = await readBack([first, Buffer.from('no part of a document'), ...rest]);
    expect(entriesOf(read.doc)).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' });
  });

  test('goes as far as its frames do where one is missing, and takes that one later', async () => {
    const { frames } = fourChanges();
    const read = await readBack(frames.toSpliced(2, 1));
    expect(entriesOf(read.doc)).toEqual({ a: 'a', b: 'b' });
    const whole = A.loadIncremental(read.doc, frames[2] ?? new Uint8Array());
    expect(entriesOf(whole)).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' });
  });
});

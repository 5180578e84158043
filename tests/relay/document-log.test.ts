import { appendFile, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { DocumentLog, LogFolder, nodeDisk, type LogDisk } from '../../sync-relay/document-log.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const log = pino({ level: 'silent' });
const bytes = (...values: number[]) => new Uint8Array(values);
const plain = (frames: readonly Uint8Array[]) => frames.map((frame) => [...frame]);

/** The real disk, with room for `room` more bytes; a write beyond it leaves what fits and fails, as a full disk does. */
function fullDisk(room: { bytes: number }): LogDisk {
  return {
    ...nodeDisk,
    async append(path, offset, written) {
      const fits = written.subarray(0, room.bytes);
      room.bytes -= fits.byteLength;
      if (fits.byteLength > 0) await nodeDisk.append(path, offset, fits);
      if (fits.byteLength < written.byteLength)
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    },
  };
}

describe('a document log on disk', () => {
  test('keeps what was appended across openings', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    const first = await DocumentLog.open(path, nodeDisk, log);
    await first.log.append(bytes(1));
    await first.log.append(bytes(2, 2));
    const second = await DocumentLog.open(path, nodeDisk, log);
    expect(plain(second.frames)).toEqual([[1], [2, 2]]);
    await second.log.append(bytes(3));
    expect(plain((await DocumentLog.open(path, nodeDisk, log)).frames)).toEqual([[1], [2, 2], [3]]);
  });

  test('cuts off a torn tail, and the next append is readable', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    const first = await DocumentLog.open(path, nodeDisk, log);
    await first.log.append(bytes(1));
    await first.log.append(bytes(2, 2, 2));
    await truncate(path, (await readFile(path)).length - 2);
    const second = await DocumentLog.open(path, nodeDisk, log);
    expect(plain(second.frames)).toEqual([[1]]);
    await second.log.append(bytes(4));
    expect(plain((await DocumentLog.open(path, nodeDisk, log)).frames)).toEqual([[1], [4]]);
  });

  test('copies a damaged file aside before it goes on with what is good', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.log');
    const first = await DocumentLog.open(path, nodeDisk, log);
    for (const value of [1, 2, 3]) await first.log.append(bytes(value));
    const file = await readFile(path);
    file[8 + 9 + 8] = 99;
    await writeFile(path, file);
    const second = await DocumentLog.open(path, nodeDisk, log);
    expect(plain(second.frames)).toEqual([[1]]);
    expect(await readFile(`${path}.damaged`)).toEqual(file);
  });

  test('takes a file whose creation broke off as an empty log', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    await writeFile(path, 'TMD');
    const opened = await DocumentLog.open(path, nodeDisk, log);
    expect(opened.frames).toEqual([]);
    await opened.log.append(bytes(1));
    expect(plain((await DocumentLog.open(path, nodeDisk, log)).frames)).toEqual([[1]]);
  });

  test('a full disk refuses the append, loses nothing, and takes it when there is room again', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    const room = { bytes: 1000 };
    const { log: documentLog } = await DocumentLog.open(path, fullDisk(room), log);
    await documentLog.append(bytes(1));
    for (const left of [0, 1, 5, 9]) {
      room.bytes = left;
      await expect(documentLog.append(bytes(2, 2, 2, 2))).rejects.toThrow('no space left');
      expect(plain((await DocumentLog.open(path, nodeDisk, log)).frames)).toEqual([[1]]);
    }
    room.bytes = 1000;
    await documentLog.append(bytes(3));
    expect(plain((await DocumentLog.open(path, nodeDisk, log)).frames)).toEqual([[1], [3]]);
  });

  test('a full disk at the very first append leaves a log that starts empty', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    const room = { bytes: 12 };
    const { log: documentLog } = await DocumentLog.open(path, fullDisk(room), log);
    await expect(documentLog.append(bytes(1, 1, 1, 1))).rejects.toThrow('no space left');
    room.bytes = 1000;
    await documentLog.append(bytes(2));
    expect(plain((await DocumentLog.open(path, nodeDisk, log)).frames)).toEqual([[2]]);
  });

  test('rewrites many frames as one, and appends behind it', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    const { log: documentLog } = await DocumentLog.open(path, nodeDisk, log);
    for (let i = 0; i < 10; i++) await documentLog.append(bytes(i));
    await documentLog.rewrite(bytes(42));
    await documentLog.append(bytes(43));
    expect(plain((await DocumentLog.open(path, nodeDisk, log)).frames)).toEqual([[42], [43]]);
  });
});

describe('a log that grows', () => {
  const grown = async (documentLog: DocumentLog, from = 0) => {
    let appended = from;
    while (!documentLog.isLong) {
      await documentLog.append(new Uint8Array(4096));
      appended += 1;
    }
    return appended;
  };

  test('is worth rewriting once as much was appended as it took before, also after it was opened again', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    const { log: first } = await DocumentLog.open(path, nodeDisk, log);
    expect(await grown(first)).toBe(9);
    const { log: again } = await DocumentLog.open(path, nodeDisk, log);
    expect(again.isLong).toBe(true);
    await again.rewrite(new Uint8Array(100 * 1024));
    expect(again.isLong).toBe(false);
    const { log: opened } = await DocumentLog.open(path, nodeDisk, log);
    expect(await grown(opened)).toBe(25);
  });

  test('that was put aside begins anew', async () => {
    const path = join(await temporaryFolder(), 'a.log');
    const { log: documentLog } = await DocumentLog.open(path, nodeDisk, log);
    await grown(documentLog);
    await documentLog.setAside();
    expect(documentLog.isLong).toBe(false);
  });
});

describe('the folder of document logs', () => {
  test('[D1] lists the documents and leaves other files alone', async () => {
    const folder = await temporaryFolder();
    const id = documentId({ organization: ORGANIZATION, key: { class: 'staff' } });
    const logs = new LogFolder(folder, nodeDisk, log);
    await (await logs.open(id)).log.append(bytes(1));
    await appendFile(join(folder, 'notes.txt'), 'x');
    await appendFile(join(folder, 'nonsense.log'), 'x');
    const files: string[] = [];
    for await (const file of logs.files(() => false)) files.push(file.id);
    expect(files).toEqual([id]);
    expect((await readdir(folder)).sort()).toEqual(
      [`${id}.log`, 'archive', 'nonsense.log', 'notes.txt'].sort(),
    );
  });
});

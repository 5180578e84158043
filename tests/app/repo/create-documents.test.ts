import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createDocuments,
  dropPreparedDocuments,
  prepareDocuments,
} from '../../../app/lib/repo/create-documents.ts';

/** What a browser gives a page for a worker: it loads nothing here, and says what became of it. */
class LoadingWorker extends EventTarget {
  static readonly all: LoadingWorker[] = [];
  readonly said: string[] = [];
  isEnded = false;

  constructor() {
    super();
    LoadingWorker.all.push(this);
  }

  postMessage({ type }: { readonly type: string }): void {
    this.said.push(type);
  }

  terminate(): void {
    this.isEnded = true;
  }
}

const told = () => LoadingWorker.all.map(({ said, isEnded }) => [said.join(), isEnded]);

function create(): void {
  const identity = { id: '00000000000000aa', role: 'terminal' } as never;
  void createDocuments({ identity, syncUrl: 'ws://till.example/sync', database: 'made-up' });
}

beforeEach(() => {
  LoadingWorker.all.length = 0;
  vi.stubGlobal('Worker', LoadingWorker);
});

afterEach(() => {
  dropPreparedDocuments();
  vi.unstubAllGlobals();
});

describe('documents that a page began to load early', () => {
  test('are what the page takes, and the next page has some of its own', () => {
    prepareDocuments();
    create();
    create();
    expect(told()).toEqual([
      ['warm,start', false],
      ['start', false],
    ]);
  });

  test('are let go where the page turned out to need none, and are loaded anew for one that does', () => {
    prepareDocuments();
    dropPreparedDocuments();
    expect(told()).toEqual([['warm', true]]);
    create();
    expect(told()).toEqual([
      ['warm', true],
      ['start', false],
    ]);
  });

  test('are not ended where a page took them, and nothing is where nothing was begun', () => {
    dropPreparedDocuments();
    prepareDocuments();
    create();
    dropPreparedDocuments();
    expect(told()).toEqual([['warm,start', false]]);
  });

  test('that could not be loaded are made again', () => {
    prepareDocuments();
    LoadingWorker.all[0]?.dispatchEvent(new Event('error'));
    create();
    expect(told()).toEqual([
      ['warm', false],
      ['start', false],
    ]);
  });
});

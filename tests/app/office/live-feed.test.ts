import { describe, expect, test } from 'vitest';
import { LiveFeed, type EventStream } from '$lib/office/live-feed.svelte.ts';

/** A stream the test speaks through. */
class Stream extends EventTarget implements EventStream {
  readyState = 0;
  closed = false;

  close(): void {
    this.closed = true;
  }

  /** The server took the request. */
  opened(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  indexed(data: string): void {
    this.dispatchEvent(new MessageEvent('indexed', { data }));
  }

  /** The line broke; the browser tries again by itself unless the server refused. */
  failed(refused: boolean): void {
    this.readyState = refused ? 2 : 0;
    this.dispatchEvent(new Event('error'));
  }
}

function start() {
  const streams: Stream[] = [];
  const timers = new Set<() => void>();
  const feed = new LiveFeed({
    open: () => {
      const stream = new Stream();
      streams.push(stream);
      return stream;
    },
    later: (callback) => {
      const timer = (): void => {
        timers.delete(timer);
        callback();
      };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  feed.start();
  const ring = (): void => [...timers].forEach((timer) => timer());
  return { feed, streams, timers, ring, stream: () => streams.at(-1) as Stream };
}

describe('while the line holds', () => {
  test('is live once the server took the request', () => {
    const { feed, stream } = start();
    expect(feed.state).toBe('connecting');
    stream().opened();
    expect(feed.state).toBe('live');
  });

  test('tells once of several batches, with the newest time', () => {
    const { feed, stream, ring } = start();
    stream().opened();
    stream().indexed('{"at":"2026-11-21T11:00:00.000Z"}');
    stream().indexed('{"at":"2026-11-21T11:00:01.000Z"}');
    ring();
    expect(feed).toMatchObject({ changes: 1, indexedAt: '2026-11-21T11:00:01.000Z' });
    stream().indexed('{"at":"2026-11-21T11:00:02.000Z"}');
    ring();
    expect(feed.changes).toBe(2);
  });

  test.each(['', 'not json', '{"when":1}'])('an event with data %j still means a change', (data) => {
    const { feed, stream, ring } = start();
    stream().opened();
    stream().indexed(data);
    ring();
    expect(feed).toMatchObject({ changes: 1, indexedAt: undefined });
  });

  test('a time from elsewhere counts only when it is newer', () => {
    const { feed } = start();
    feed.noteIndexed('2026-11-21T11:00:00.000Z');
    feed.noteIndexed('2026-11-21T10:00:00.000Z');
    expect(feed.indexedAt).toBe('2026-11-21T11:00:00.000Z');
  });
});

describe('when the line breaks', () => {
  test('says so and lets the browser try again', () => {
    const { feed, streams, stream, timers } = start();
    stream().opened();
    stream().failed(false);
    expect(feed.state).toBe('away');
    expect(timers.size).toBe(0);
    expect(streams).toHaveLength(1);
  });

  test('asks anew by itself after a refusal, and looks again at what was missed', () => {
    const { feed, streams, stream, ring } = start();
    stream().opened();
    stream().failed(true);
    ring();
    expect(streams).toHaveLength(2);
    stream().opened();
    ring();
    expect(feed).toMatchObject({ state: 'live', changes: 1 });
  });

  test('stays quiet after it was stopped', () => {
    const { feed, streams, stream, ring } = start();
    stream().opened();
    stream().indexed('{"at":"2026-11-21T11:00:00.000Z"}');
    stream().failed(true);
    feed.stop();
    ring();
    expect(streams).toHaveLength(1);
    expect(feed.changes).toBe(0);
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../app/lib/program-config.ts';
import { businessDay, clockTime } from '../../../app/lib/till/business-day.ts';
import { countedTotal, denominationsOf, handedOver } from '../../../app/lib/till/denominations.ts';
import { letterRanges } from '../../../app/lib/till/letter-ranges.ts';
import { Links, type RelayStatus } from '../../../app/lib/till/links.svelte.ts';
import { HeldSurroundings } from './till-fixture.ts';

const CONFIG = {
  role: 'till',
  organization: 'a1b2c3d4e5f6',
  device: '0123456789abcdef',
  store: 'S01',
  register: 'R1',
};

describe('the configuration', () => {
  const notes = (map = new Map<string, string>()) => ({
    map,
    read: (key: string) => map.get(key),
    write: (key: string, text: string) => void map.set(key, text),
  });

  it('comes from the server and is kept', async () => {
    const kept = notes();
    const loaded = await loadConfig(async () => new Response(JSON.stringify(CONFIG)), kept);
    expect(loaded).toMatchObject({ ok: true, value: { role: 'till', store: 'S01' } });
    const away = await loadConfig(() => Promise.reject(new Error('connection refused')), kept);
    expect(away).toEqual(loaded);
  });

  it('is said to be unreachable when there never was one', async () => {
    const loaded = await loadConfig(async () => new Response('', { status: 502 }), notes());
    expect(loaded).toMatchObject({ ok: false, error: { code: 'unreachable' } });
  });

  it.each(['{', '{"role":"kiosk"}'])('is refused when it reads %s', async (text) => {
    const loaded = await loadConfig(async () => new Response(text), notes());
    expect(loaded).toMatchObject({ ok: false, error: { code: 'not-understood' } });
  });
});

describe('the links', () => {
  const since = '2026-11-21T08:00:00.000Z';
  const status: RelayStatus = {
    peers: [
      { device: '1', role: 'terminal', store: 'S01', register: 'R1', since },
      { device: '2', role: 'relay', store: 'S01', register: 'R3', since },
      { device: '3', role: 'relay', store: 'S01', register: 'R2', since },
      { device: '4', role: 'relay', store: 'S02', register: 'R2', since },
    ],
    targets: [{ url: 'ws://hq', kind: 'hq', state: 'away', since }],
    disk: 'ok',
  };

  it('name the other tills of the store and when head office went away', async () => {
    const links = new Links(async () => status, new HeldSurroundings());
    expect(links.headOffice).toEqual({ state: 'none' });
    await links.refresh();
    expect(links.otherTills('S01', 'R1').map(({ register }) => register)).toEqual(['R2', 'R3']);
    expect(links.headOffice).toEqual({ state: 'away', since });
  });

  it('say since when the relay of this till does not answer', async () => {
    const surroundings = new HeldSurroundings();
    let answer: RelayStatus | undefined;
    const links = new Links(async () => answer, surroundings);
    await links.refresh();
    const away = surroundings.now().toISOString();
    surroundings.pass(60_000);
    await links.refresh();
    expect(links.relayAwaySince).toBe(away);
    answer = { ...status, disk: 'failed' };
    await links.refresh();
    expect([links.relayAwaySince, links.diskFailed]).toEqual([undefined, true]);
  });
});

describe('figures', () => {
  it('[R1] name the day where the store is', () => {
    const instant = new Date('2026-11-21T02:00:00.000Z');
    expect(businessDay(instant, 'America/Los_Angeles')).toBe('2026-11-20');
    expect(businessDay(instant, 'Asia/Tokyo')).toBe('2026-11-21');
    expect(clockTime(instant, 'en-GB', 'Asia/Tokyo')).toBe('11:00');
  });

  it('[R1] begin a day at midnight, to the millisecond, however often they are asked', () => {
    const midnight = Date.parse('2026-11-21T00:00:00.000Z');
    const days = [-1, 0, -1, 59_999, 86_400_000].map((past) => businessDay(new Date(midnight + past), 'UTC'));
    expect(days).toEqual(['2026-11-20', '2026-11-21', '2026-11-20', '2026-11-21', '2026-11-22']);
  });

  it('count a drawer by its pieces', () => {
    expect(countedTotal({ '5000': 2, '1': 7 })).toBe(10_007);
    expect(handedOver('GBP')).toEqual([5000, 2000, 1000, 500, 200]);
    expect(denominationsOf('CHF').notes).toContain(10_000);
  });
});

describe('letter ranges', () => {
  const names = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i}`);

  it('gather letters until a screen is full', () => {
    const list = [
      '3 cups',
      ...names('A', 10),
      ...names('b', 20),
      ...names('Á', 0),
      ...names('D', 40),
      ...names('Z', 2),
    ];
    expect(letterRanges(list)).toEqual([
      { label: '#', from: 0, to: 1 },
      { label: 'A–B', from: 1, to: 31 },
      { label: 'D', from: 31, to: 71 },
      { label: 'Z', from: 71, to: 73 },
    ]);
  });

  it('cover every name once', () => {
    const list = [...names('A', 7), ...names('É', 30), ...names('F', 1)];
    const ranges = letterRanges(list);
    expect(ranges.flatMap(({ from, to }) => list.slice(from, to))).toEqual(list);
    expect(letterRanges([])).toEqual([]);
  });
});

describe('the words', () => {
  it('are there in both languages, with the same gaps', async () => {
    const read = async (language: string) => {
      const file = new URL(`../../../app/messages/${language}.json`, import.meta.url);
      return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    };
    const [english, spanish] = [await read('en'), await read('es')];
    // A text may have variants for one and many; what counts is which names it fills in.
    const gaps = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g))].sort();
    const shape = (words: Record<string, unknown>) =>
      Object.entries(words).map(([key, text]) => [key, gaps(text)]);
    expect(shape(spanish)).toEqual(shape(english));
  });
});

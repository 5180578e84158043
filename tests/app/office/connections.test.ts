import { describe, expect, test } from 'vitest';
import { connectionsOf } from '$lib/office/connections.ts';
import { createNames, officeTimeZone, timeZonesOf } from '$lib/office/organization-names.ts';
import type { OrganizationAnswer, RelayStatus } from '$lib/office/reports-schema.ts';

const organization: OrganizationAnswer = {
  name: 'Lantern & Lace',
  currency: 'GBP',
  language: 'en',
  stores: [
    { id: 'S01', name: 'Camden', timeZone: 'Europe/London', locale: 'en-GB' },
    { id: 'S02', name: 'Madrid', timeZone: 'Europe/Madrid', locale: 'es-ES' },
    { id: 'S03', name: 'Richmond', timeZone: 'Europe/London', locale: 'en-GB' },
  ],
  registers: [
    { store: 'S01', register: 'R1', name: 'Front' },
    { store: 'S02', register: 'R1', name: 'Front' },
  ],
  people: [{ id: 'ana', name: 'Ana Torres' }],
};

function status(...peers: Partial<RelayStatus['peers'][number]>[]): RelayStatus {
  const peer = { device: '1', role: 'relay', direction: 'in' as const, since: '2026-11-21T08:00:00.000Z' };
  const rows = peers.map((each) => ({ ...peer, ...each }));
  return { device: '0', role: 'hq', documents: 1, peers: rows, targets: [], disk: 'ok' };
}

describe('connections', () => {
  test('name every register, linked or away', () => {
    const links = connectionsOf(status({ store: 'S02', register: 'R1' }), organization);
    expect(links.registers).toEqual([
      { store: 'S01', register: 'R1', since: undefined },
      { store: 'S02', register: 'R1', since: '2026-11-21T08:00:00.000Z' },
    ]);
  });

  test('a register with two links is linked since the first', () => {
    const place = { store: 'S01', register: 'R1' };
    const links = connectionsOf(
      status(place, { ...place, role: 'terminal', since: '2026-11-21T07:00:00.000Z' }),
      organization,
    );
    expect(links.registers[0]?.since).toBe('2026-11-21T07:00:00.000Z');
    expect(links.others).toEqual([]);
  });

  test("leave out the office's own reports program and show other devices", () => {
    const links = connectionsOf(
      status({ role: 'indexer' }, { role: 'back-office', store: 'S01' }),
      organization,
    );
    expect(links.others.map((peer) => peer.role)).toEqual(['back-office']);
  });
});

describe('names', () => {
  const names = createNames(organization);

  test('are those of the organization', () => {
    expect(names.register('S02', 'R1')).toBe('Madrid · R1');
    expect(names.person('ana')).toBe('Ana Torres');
    expect(names.timeZone('S02')).toBe('Europe/Madrid');
  });

  test('an id nobody named is its own name, on the clock of the office', () => {
    expect(names.register('S09', 'R1')).toBe('S09 · R1');
    expect(names.person('p7')).toBe('p7');
    expect(names.timeZone('S09')).toBe('Europe/London');
  });

  test('the clocks of a report are named once each, those of one store alone when it is chosen', () => {
    expect(timeZonesOf(organization, undefined)).toEqual(['Europe/London', 'Europe/Madrid']);
    expect(timeZonesOf(organization, 'S02')).toEqual(['Europe/Madrid']);
    expect(officeTimeZone({ ...organization, stores: [] })).toBe('UTC');
  });
});

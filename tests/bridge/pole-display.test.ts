import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readCommandLine } from '../../hardware-bridge/command-line.ts';
import { parseDisplayFlag, type DisplayProfile } from '../../hardware-bridge/display-profiles.ts';
import {
  DisplayScreen,
  startVirtualDisplay,
  type VirtualDisplay,
} from '../../hardware-bridge/virtual-printer/virtual-display.ts';
import { startVirtualPrinter } from '../../hardware-bridge/virtual-printer/virtual-printer.ts';
import { httpBridge } from './support/http-bridge.ts';
import { job } from './support/papers.ts';
import { freePort } from '../support/free-ports.ts';
import { PATIENCE } from '../support/patience.ts';

const at = (port: number): DisplayProfile => ({
  device: 'pole',
  host: '127.0.0.1',
  port,
  columns: 20,
  codePage: 16,
});
const text = (left: string, right: string) => ({
  lines: [
    { left, right },
    { left: 'TOTAL', right },
  ],
});

async function display(port?: number): Promise<VirtualDisplay> {
  const started = await startVirtualDisplay({ port: port ?? (await freePort()) });
  onTestFinished(() => started.stop());
  return started;
}

describe('a pole display at the bridge', () => {
  it('[P8] shows the latest text, cut to its columns and in its own characters', async () => {
    const pole = await display();
    const { call } = await httpBridge([], [at(pole.port)]);
    await vi.waitFor(
      async () =>
        expect(await call('PUT', '/v1/displays/pole', text('White Metal Lantern', '£3.39'))).toMatchObject({
          status: 200,
          body: { device: 'pole', state: 'ready' },
        }),
      PATIENCE,
    );
    await vi.waitFor(
      () => expect(pole.lines()).toEqual(['White Metal La £3.39', 'TOTAL          £3.39']),
      PATIENCE,
    );
    for (let i = 1; i <= 200; i++) await call('PUT', '/v1/displays/pole', text('Línea ✓ "é"', `€${i}.00`));
    await vi.waitFor(
      () => expect(pole.lines()).toEqual(['Línea v "é"  €200.00', 'TOTAL        €200.00']),
      PATIENCE,
    );
    expect(await call('GET', '/v1/displays')).toMatchObject({ body: [{ device: 'pole', state: 'ready' }] });
  });

  it('[P8] is connected again by itself and shows what was wanted meanwhile', async () => {
    const pole = await display();
    const { call } = await httpBridge([], [at(pole.port)]);
    await call('PUT', '/v1/displays/pole', text('First', '1.00'));
    await vi.waitFor(() => expect(pole.lines()[0]).toContain('First'), PATIENCE);
    const { port } = pole;
    await pole.stop();
    await vi.waitFor(
      async () =>
        expect(await call('PUT', '/v1/displays/pole', text('Second', '2.00'))).toMatchObject({
          body: { state: 'away' },
        }),
      PATIENCE,
    );
    await call('PUT', '/v1/displays/pole', text('Third', '3.00'));
    const back = await display(port);
    await vi.waitFor(() => expect(back.lines()[0]).toContain('Third'), PATIENCE);
  });

  it('[P8] delays no paper while it is away, and refuses what it does not understand', async () => {
    const { call, printer } = await httpBridge([], [at(9)]);
    expect(await call('PUT', '/v1/displays/pole', text('Any', '1'))).toMatchObject({
      status: 200,
      body: { state: 'away' },
    });
    await call('POST', '/v1/jobs', job(1));
    await vi.waitFor(() => expect(printer.papers()).toHaveLength(1), PATIENCE);
    expect(await call('PUT', '/v1/displays/other', text('Any', '1'))).toMatchObject({ status: 404 });
    expect(await call('PUT', '/v1/displays/pole', { lines: [] })).toMatchObject({ status: 400 });
    expect(await call('PUT', '/v1/displays/pole', { lines: ['x'] })).toMatchObject({ status: 400 });
  });

  it('[P8] takes no command out of a text', async () => {
    const pole = await display();
    const { call } = await httpBridge([], [at(pole.port)]);
    await call('PUT', '/v1/displays/pole', text('\u001b@\u001f$\u0001\u0001A\nB', '\u000c1'));
    await vi.waitFor(
      () => expect(pole.lines()).toEqual(['@$A B              1', 'TOTAL              1']),
      PATIENCE,
    );
  });
});

describe('the flag of a pole display', () => {
  it('gives a whole profile', () => {
    expect(parseDisplayFlag('pole=tcp://192.168.1.51')).toEqual({
      ok: true,
      value: { device: 'pole', host: '192.168.1.51', port: 9100, columns: 20, codePage: 16 },
    });
    const args = ['--data', 'x', '--port', '0', '--display', 'pole=tcp://h:9101,columns=16,codePage=40'];
    expect(readCommandLine(args)).toMatchObject({ value: { displays: [{ columns: 16, codePage: 40 }] } });
  });

  it.each([
    ['tcp://host:9100', 'start with a name'],
    ['pole=host', 'is not a printer address'],
    ['pole=tcp://host:9100,columns=4', 'columns=4'],
    ['pole=tcp://host:9100,columns=20,columns=20', 'is not a setting'],
    ['pole=tcp://host:9100,rows=4', 'is not a setting'],
    ['pole=tcp://host:9100,codePage=99', 'codePage=99 is not supported'],
  ])('refuses %s', (flag, why) => {
    expect(parseDisplayFlag(flag)).toMatchObject({ ok: false, error: expect.stringContaining(why) });
  });

  it('refuses a name that a printer or another display has', () => {
    const start = ['--data', 'x', '--port', '0', '--display', 'pole=tcp://h'];
    for (const other of [
      ['--display', 'pole=tcp://i'],
      ['--printer', 'pole=tcp://i'],
    ])
      expect(readCommandLine([...start, ...other])).toMatchObject({
        error: '--display pole is given twice; every device needs a name of its own.',
      });
  });
});

describe('the virtual display', () => {
  it('understands commands in any pieces', () => {
    const bytes = [0x1b, 0x40, 0x1b, 0x74, 16, 0x1f, 0x43, 0, 0x41, 0x1f, 0x24, 20, 2, 0x5a, 0x0b, 0x80];
    const whole = new DisplayScreen(20);
    whole.push(bytes);
    const pieces = new DisplayScreen(20);
    for (const byte of bytes) pieces.push([byte]);
    expect(whole.lines()).toEqual([`€${' '.repeat(19)}`, `${' '.repeat(19)}Z`]);
    expect(pieces.lines()).toEqual(whole.lines());
    whole.push([0x0c]);
    expect(whole.lines().join('').trim()).toBe('');
  });

  it('stands beside the virtual printer', async () => {
    const printer = await startVirtualPrinter({ port: 0, displayPort: 0 });
    onTestFinished(() => printer.stop());
    expect(printer.displayPort).toBeGreaterThan(0);
    expect(printer.state().display?.map((line) => line.length)).toEqual([20, 20]);
  });
});

import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram, startProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { virtualPrinter } from './support/bench.ts';
import { call } from './support/http-bridge.ts';
import { printText } from './support/raw-print.ts';

const BRIDGE = 'hardware-bridge/main.ts';
const PRINTER = 'hardware-bridge/virtual-printer/main.ts';

async function bridgeOn(data: string, port: number) {
  const bridge = await startProgram(BRIDGE, ['--data', data, '--port', String(port)]);
  onTestFinished(() => bridge.kill());
  return bridge;
}

describe('the bridge as a program', () => {
  it('says on one line of JSON where it listens, answers, and stops when asked', async () => {
    const bridge = await bridgeOn(await temporaryFolder(), 0);
    expect(bridge.ready).toMatchObject({ event: 'listening', host: '127.0.0.1', printers: [] });
    expect(await call(bridge.ready.port, 'GET', '/health')).toMatchObject({ status: 200 });
    expect(await bridge.stop()).toBe(0);
    expect(bridge.log()).toContain('"msg":"stopping"');
  });

  it('explains its flags', async () => {
    const { code, stdout } = await runProgram(BRIDGE, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--printer NAME=URL');
  });

  it('ends with 2 and a sentence for wrong flags', async () => {
    const { code, stdout, stderr } = await runProgram(BRIDGE, [
      '--data',
      'x',
      '--port',
      '0',
      '--printer',
      'front=tcp://host:99999',
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('--printer front: port 99999 does not exist; ports go from 1 to 65535.\n');
  });

  it('ends with 1 and a sentence when its port is in use', async () => {
    const first = await bridgeOn(await temporaryFolder(), 0);
    const { port } = first.ready;
    const second = await runProgram(BRIDGE, ['--data', await temporaryFolder(), '--port', String(port)]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`Port ${port} on 127.0.0.1 is in use.`);
  });

  it('ends with 1 and a sentence when another bridge has its folder', async () => {
    const data = await temporaryFolder();
    await bridgeOn(data, 0);
    const second = await runProgram(BRIDGE, ['--data', data, '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('Another bridge already works with the folder');
  });

  it('takes over the folder of one that died', async () => {
    const data = await temporaryFolder();
    const first = await bridgeOn(data, 0);
    await first.kill();
    const second = await bridgeOn(data, 0);
    expect(await call(second.ready.port, 'GET', '/health')).toMatchObject({ status: 200 });
  });

  it('ends with 1 and a sentence when its folder cannot be made', async () => {
    const { code, stderr } = await runProgram(BRIDGE, ['--data', '/dev/null/x', '--port', '0']);
    expect(code).toBe(1);
    expect(stderr).toContain('The folder /dev/null/x cannot be created');
  });
});

describe('the virtual printer as a program', () => {
  it('keeps its papers over a restart', async () => {
    const data = await temporaryFolder();
    const flags = ['--port', '0', '--web-port', '0', '--name', 'S01-R1', '--data', data];
    const first = await startProgram(PRINTER, flags);
    onTestFinished(() => first.kill());
    expect(first.ready).toMatchObject({ event: 'listening', name: 'S01-R1' });
    await printText(first.ready.port, 'kept');
    expect(await first.stop()).toBe(0);
    const second = await startProgram(PRINTER, flags);
    onTestFinished(() => second.kill());
    const { body } = await call(Number(second.ready.webPort), 'GET', '/papers');
    expect(body).toMatchObject([{ number: 1, text: 'kept', complete: true }]);
  });

  it.each([
    [[], '--port is needed'],
    [['--port', '0'], '--web-port is needed'],
    [['--port', '0', '--web-port', '0', '--columns', '500'], '--columns 500'],
    [['--port', '0', '--web-port', '0', '--colour'], '--colour'],
  ])('ends with 2 and a sentence for %j', async (flags, phrase) => {
    const { code, stderr } = await runProgram(PRINTER, flags);
    expect(code).toBe(2);
    expect(stderr).toContain(phrase);
  });

  it('ends with 1 and a sentence when its port is in use', async () => {
    const { port } = await virtualPrinter();
    const { code, stderr } = await runProgram(PRINTER, ['--port', String(port), '--web-port', '0']);
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use.`);
  });
});

import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../hardware-bridge/command-line.ts';
import { addressOf, parsePrinterFlag } from '../../hardware-bridge/printer-profiles.ts';

describe('a printer flag', () => {
  it('gives a whole profile from an address alone', () => {
    expect(parsePrinterFlag('front=tcp://192.168.1.50')).toEqual({
      ok: true,
      value: {
        device: 'front',
        host: '192.168.1.50',
        port: 9100,
        columns: 42,
        dots: 512,
        codePage: 16,
        confirm: 'auto',
        drawerPin: 2,
      },
    });
  });

  it('takes IPv6 in brackets and shows it so', () => {
    const parsed = parsePrinterFlag(
      'front=tcp://[fe80::1]:9101,columns=32,confirm=gsh,drawerPin=5,codePage=46',
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: { host: 'fe80::1', port: 9101, columns: 32, dots: 384, drawerPin: 5 },
    });
    expect(addressOf({ host: 'fe80::1', port: 9101 })).toBe('[fe80::1]:9101');
  });

  it.each([
    ['tcp://192.168.1.50:9100', 'start with a name'],
    ['Front=tcp://192.168.1.50:9100', 'start with a name'],
    ['front=192.168.1.50:9100', 'is not a printer address'],
    ['front=tcp://192.168.1.50:9100/x', 'is not a printer address'],
    ['front=http://192.168.1.50:9100', 'is not a printer address'],
    ['front=tcp://user@host:9100', 'is not a printer address'],
    ['front=tcp://::1:9100', 'is not a printer address'],
    ['front=tcp://[::g]:9100', 'is not a printer address'],
    ['front=tcp://[1:2:3]:9100', 'is not an IPv6 address'],
    ['front=tcp://300.1.1.1:9100', 'is not an IPv4 address'],
    ['front=tcp://1.2.3:9100', 'is not an IPv4 address'],
    ['front=tcp://host:0', 'port 0 does not exist'],
    ['front=tcp://host:70000', 'port 70000 does not exist'],
    ['front=tcp://host:9100,columns=10', 'columns=10'],
    ['front=tcp://host:9100,columns=4e1', 'columns=4e1'],
    ['front=tcp://host:9100,dots=5', 'dots=5'],
    ['front=tcp://host:9100,codePage=19', 'codePage=19 is not supported'],
    ['front=tcp://host:9100,confirm=maybe', 'confirm=maybe'],
    ['front=tcp://host:9100,drawerPin=3', 'drawerPin=3'],
    ['front=tcp://host:9100,colour=red', '"colour=red" is not a setting'],
    ['front=tcp://host:9100,columns=42,columns=48', 'columns is given twice'],
  ])('%s is refused with a sentence', (flag, phrase) => {
    const parsed = parsePrinterFlag(flag);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(phrase) });
  });
});

describe('the command line', () => {
  const enough = ['--data', '/tmp/x', '--port', '7350'];

  it('is read whole', () => {
    const read = readCommandLine([
      ...enough,
      '--host',
      '::1',
      '--printer',
      'a=tcp://h',
      '--printer',
      'b=tcp://h',
      '--allow-origin',
      'http://till:80',
    ]);
    expect(read).toMatchObject({
      ok: true,
      value: { data: '/tmp/x', port: 7350, host: '::1', origins: ['http://till'] },
    });
  });

  it('asks for help', () => {
    expect(readCommandLine(['--help'])).toEqual({ ok: true, value: 'help' });
  });

  it.each([
    [[], '--data is missing'],
    [['--data', '/tmp/x'], '--port is missing'],
    [['--data', '/tmp/x', '--port', '99999'], '--port 99999'],
    [['--data', '/tmp/x', '--port', '12ab'], '--port 12ab'],
    [[...enough, '--colour'], "Unknown option '--colour'"],
    [[...enough, 'stray'], 'stray'],
    [[...enough, '--allow-origin', '*'], '--allow-origin *'],
    [[...enough, '--allow-origin', 'http://till/path'], 'without a path'],
    [[...enough, '--printer', 'a=tcp://h', '--printer', 'a=tcp://i'], '--printer a is given twice'],
    [[...enough, '--printer', 'nonsense'], '--printer nonsense'],
  ])('%j is refused with a sentence', (args, phrase) => {
    const read = readCommandLine(args);
    expect(read).toEqual({ ok: false, error: expect.stringContaining(phrase) });
  });
});

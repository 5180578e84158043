import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { paperText } from '../../hardware-bridge/virtual-printer/paper-strip.ts';
import { paperSvg } from '../../hardware-bridge/virtual-printer/paper-svg.ts';
import { startVirtualPrinter } from '../../hardware-bridge/virtual-printer/virtual-printer.ts';
import { freePort } from '../support/free-ports.ts';
import { PATIENCE } from '../support/patience.ts';
import { startBench, virtualPrinter } from './support/bench.ts';
import { call } from './support/http-bridge.ts';
import { fullReceipt, job } from './support/papers.ts';
import { printText, rawPrint } from './support/raw-print.ts';

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

async function withPage() {
  const printer = await startVirtualPrinter({ port: await freePort(), webPort: 0, name: 'S01-R1' });
  onTestFinished(() => printer.stop());
  const { webPort } = printer;
  if (webPort === null) throw new Error('it has no page');
  return {
    printer,
    get: (method: string, path: string, body?: unknown) => call(webPort, method, path, body),
  };
}

describe('bytes become a paper', () => {
  it('with style, size, alignment and code page', async () => {
    const printer = await virtualPrinter(20);
    await rawPrint(
      printer.port,
      bytes(
        [0x1b, 0x40, 0x1b, 0x74, 16],
        [0x1b, 0x61, 1, 0x1b, 0x45, 1, 0x1d, 0x21, 0x11],
        'Caf\u00e9 \x80\n',
        [0x1b, 0x40],
        'x\xe9\n',
        [0x1d, 0x56, 66, 0],
      ),
    );
    expect(printer.papers()[0]).toMatchObject({
      complete: true,
      notes: [],
      lines: [
        { kind: 'text', align: 'center', runs: [{ text: 'Café €', bold: true, width: 2, height: 2 }] },
        // After ESC @ the printer is back at its own table, where this byte is another character.
        { kind: 'text', align: 'left', runs: [{ text: 'x¤', bold: false, width: 1, height: 1 }] },
      ],
    });
  });

  it('that wraps where the paper ends', async () => {
    const printer = await virtualPrinter(20);
    await printText(printer.port, 'a'.repeat(45));
    expect(paperText(printer.papers()[0] ?? never())).toBe(`${'a'.repeat(20)}\n${'a'.repeat(20)}\naaaaa`);
  });

  it('and unknown ones are noted, not printed', async () => {
    const printer = await virtualPrinter();
    await rawPrint(
      printer.port,
      bytes([0x1b, 0x7a, 1], 'a', [0x07], 'b\n', [0x1d, 0x6b, 99, 1, 0x41, 0x1d, 0x56, 0]),
    );
    const [paper = never()] = printer.papers();
    expect(paperText(paper)).toBe('ab');
    expect(paper.notes).toEqual([
      'unknown command 1b 7a 01',
      'control byte 07 in the text',
      'barcode of unknown type 99',
    ]);
  });

  it('however they are cut up on the way', async () => {
    const printer = await virtualPrinter();
    const socket = connect(printer.port, '127.0.0.1');
    for (const byte of bytes([0x1b, 0x45, 1], 'bold', [0x1b, 0x45, 0, 0x0a, 0x10, 0x04, 1, 0x1d, 0x56, 0]))
      socket.write(Buffer.of(byte));
    await vi.waitFor(() => expect(printer.papers()).toHaveLength(1), PATIENCE);
    socket.destroy();
    expect(printer.papers()[0]?.lines).toEqual([
      { kind: 'text', align: 'left', runs: [{ text: 'bold', bold: true, width: 1, height: 1 }] },
    ]);
  });

  it('that hangs out unfinished when nobody cuts it', async () => {
    const printer = await virtualPrinter();
    await rawPrint(printer.port, bytes('half\nan'));
    expect(printer.papers()[0]).toMatchObject({ complete: false });
    expect(paperText(printer.papers()[0] ?? never())).toBe('half\nan');
  });

  it('that the drawer command without its times spoils: two characters are swallowed', async () => {
    const printer = await virtualPrinter();
    await rawPrint(printer.port, bytes([0x1b, 0x70, 0, 0x1b, 0x70, 1], 'text\n', [0x1d, 0x56, 0]));
    expect(printer.papers()[0]?.notes).toEqual(['control byte 01 in the text']);
    expect(printer.state().drawer.openings).toBe(1);
  });
});

describe('questions', () => {
  it.each([
    ['ready', {}, [0x12, 0x12, 0x12, 0x12]],
    ['paper out', { paperOut: true }, [0x1a, 0x32, 0x12, 0x7e]],
    ['cover open', { coverOpen: true }, [0x1a, 0x16, 0x12, 0x12]],
    ['near end', { paperNearEnd: true }, [0x12, 0x12, 0x12, 0x1e]],
  ] as const)('are answered at once: %s', async (_what, faults, answers) => {
    const printer = await virtualPrinter();
    await printer.setFaults(faults);
    const socket = connect(printer.port, '127.0.0.1');
    let got: number[] = [];
    socket.on('data', (part) => (got = [...got, ...part]));
    socket.write(bytes([0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4]));
    await vi.waitFor(() => expect(got).toEqual(answers), PATIENCE);
    socket.destroy();
  });

  it('in the data are answered after the data', async () => {
    const printer = await virtualPrinter();
    const answers = await rawPrint(
      printer.port,
      bytes('text\n', [0x1d, 0x28, 0x48, 6, 0, 48, 48], 'A1b2', [0x1d, 0x72, 1]),
    );
    expect([...answers]).toEqual([0x37, 0x22, 0x41, 0x31, 0x62, 0x32, 0, 0]);
  });
});

describe('its pictures', () => {
  it('show every word, and codes as codes', async () => {
    const bench = await startBench();
    await bench.queue.accept(job(1, { paper: fullReceipt() }));
    await bench.reaches(job(1).jobId, 'printed');
    const svg = paperSvg(bench.printer.papers()[0] ?? never());
    for (const word of ['Camden', 'Café', '£10.68', 'Ñandú,', '4006381333931'])
      expect(svg).toContain(`>${word}</text>`);
    expect(svg.match(/<svg /g)).toHaveLength(4);
    expect(svg.match(/<svg /g)).toHaveLength((svg.match(/<\/svg>/g) ?? []).length);
  });

  it('cannot be broken by what is printed', async () => {
    const printer = await virtualPrinter();
    await printText(printer.port, '<script>&"</text>');
    const svg = paperSvg(printer.papers()[0] ?? never());
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('&#60;script&#62;&#38;&#34;&#60;/text&#62;');
  });

  it('say so when a code cannot be one', async () => {
    const printer = await virtualPrinter();
    await rawPrint(printer.port, bytes([0x1d, 0x6b, 67, 3], 'abc', [0x1d, 0x56, 0]));
    expect(paperSvg(printer.papers()[0] ?? never())).toContain('[not');
  });
});

describe('its page', () => {
  it('serves itself and nothing from elsewhere', async () => {
    const { get } = await withPage();
    for (const path of ['/', '/page.css', '/page.js', '/icon.svg']) {
      const { status, body } = await get('GET', path);
      expect(status).toBe(200);
      expect(String(body).replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
    }
  });

  it('shows papers newest first, as data, picture and text', async () => {
    const { printer, get } = await withPage();
    await printText(printer.port, 'first');
    await printText(printer.port, 'second');
    expect(await get('GET', '/papers')).toMatchObject({
      body: [{ number: 2, text: 'second' }, { number: 1 }],
    });
    expect(await get('GET', '/papers/1')).toMatchObject({ body: { number: 1, lines: [{ kind: 'text' }] } });
    expect(await get('GET', '/papers/1.svg')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'image/svg+xml; charset=utf-8' },
    });
    expect(await get('GET', '/papers/1.txt')).toMatchObject({ body: 'first\n' });
    expect(await get('GET', '/papers/9.svg')).toMatchObject({ status: 404 });
    expect(await get('DELETE', '/papers')).toMatchObject({ status: 204 });
    expect(await get('GET', '/papers')).toMatchObject({ body: [] });
  });

  it('keeps the last two hundred papers', async () => {
    const { printer, get } = await withPage();
    await rawPrint(
      printer.port,
      Buffer.concat(Array.from({ length: 205 }, (_, index) => bytes(`${index}\n`, [0x1d, 0x56, 0]))),
    );
    const { body } = await get('GET', '/papers');
    expect(body).toHaveLength(200);
    expect(body).toMatchObject({ 0: { number: 205 }, 199: { number: 6 } });
  });

  it('switches faults and shuts the drawer', async () => {
    const { printer, get } = await withPage();
    expect(await get('PUT', '/faults', { paperOut: true, bytesPerSecond: 50 })).toMatchObject({
      body: { faults: { paperOut: true, bytesPerSecond: 50, off: false } },
    });
    expect(await get('PUT', '/faults', { paperOut: 'yes' })).toMatchObject({
      status: 400,
      body: { code: 'bad-request' },
    });
    expect(await get('PUT', '/faults', { colour: true })).toMatchObject({ status: 400 });
    await get('PUT', '/faults', { paperOut: false, bytesPerSecond: null });
    await rawPrint(printer.port, bytes([0x1b, 0x70, 0, 25, 250]));
    expect(await get('GET', '/state')).toMatchObject({
      body: { name: 'S01-R1', drawer: { open: true, openings: 1 } },
    });
    expect(await get('POST', '/drawer/close')).toMatchObject({
      body: { drawer: { open: false, openings: 1 } },
    });
  });

  it('refuses connections while it is off, and takes them on the same port again', async () => {
    const { printer, get } = await withPage();
    await get('PUT', '/faults', { off: true });
    await expect(rawPrint(printer.port, bytes('x'))).rejects.toThrow('ECONNREFUSED');
    await get('PUT', '/faults', { off: false });
    await printText(printer.port, 'back');
    expect(printer.papers()).toHaveLength(1);
  });
});

function never(): never {
  throw new Error('no paper came out');
}

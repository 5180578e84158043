import { parseArgs } from 'node:util';
import { err, ok, type Result } from '#model/result.ts';
import { parseDisplayFlag, type DisplayProfile } from './display-profiles.ts';
import { parsePrinterFlag, type PrinterProfile } from './printer-profiles.ts';
import { parseScaleFlag, type ScaleProfile } from './scale-profiles.ts';

/** What the bridge was started with. */
export type BridgeOptions = {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly printers: readonly PrinterProfile[];
  readonly displays: readonly DisplayProfile[];
  readonly scales: readonly ScaleProfile[];
  readonly origins: readonly string[];
};

/** The answer to `--help`. */
export const HELP = `Tillmesh hardware bridge: prints receipts, opens cash drawers, reads scales.

  node hardware-bridge/main.ts --data DIR --port N --printer NAME=tcp://HOST:PORT[,SETTING=VALUE]…

  --data DIR            folder of the print queue; it survives a power cut
  --port N              port to listen on (0 picks a free one)
  --host ADDRESS        address to listen on (127.0.0.1)
  --printer NAME=URL    a receipt printer; may be repeated. Settings, after a comma:
                          columns=42     characters in a line (32 on 58 mm paper, 42 or 48 on 80 mm)
                          dots=512       printable dots across the paper
                          codePage=16    the printer's number of its character table (16 is Windows-1252)
                          confirm=auto   how to learn that a paper came out: auto, gsr, gsh or none
                          drawerPin=2    connector pin of the drawer: 2 or 5
  --display NAME=URL    a pole display of two lines (ESC/POS, tcp://HOST:PORT); may be repeated. Settings:
                          columns=20     characters in a line
                          codePage=16    the display's number of its character table
  --scale NAME=URL      a scale, tcp://HOST:PORT (a serial one behind a converter); may be repeated. Settings:
                          protocol=8217  how it is asked: 8217 (Toledo) or nci (Weigh-Tronix, also called ECR)
                          unit=kg        what an 8217 shows: kg, g, lb or oz
  --allow-origin URL    a page of another origin that may call, as http://host:port; may be repeated
  --help                this text
`;

/** Reads the flags. `help` asks for the help text; an error is a sentence for the person at the keyboard. */
export function readCommandLine(args: readonly string[]): Result<BridgeOptions | 'help', string> {
  const flags = parseFlags(args);
  if (!flags.ok) return flags;
  const { values } = flags.value;
  if (values.help) return ok('help');
  if (values.data === undefined || values.data === '')
    return err('--data is missing: name the folder for the print queue.');
  const port = readPort(values.port);
  if (!port.ok) return port;
  const origins = readOrigins(values['allow-origin'] ?? []);
  if (!origins.ok) return origins;
  const printers = readPrinters(values.printer ?? []);
  if (!printers.ok) return printers;
  const displays = readDisplays(values.display ?? [], printers.value);
  if (!displays.ok) return displays;
  const scales = readScales(values.scale ?? [], [...printers.value, ...displays.value]);
  if (!scales.ok) return scales;
  return ok({
    data: values.data,
    host: values.host ?? '127.0.0.1',
    port: port.value,
    printers: printers.value,
    displays: displays.value,
    scales: scales.value,
    origins: origins.value,
  });
}

function parseFlags(args: readonly string[]) {
  try {
    return ok(
      parseArgs({
        args: [...args],
        strict: true,
        allowPositionals: false,
        options: {
          data: { type: 'string' },
          host: { type: 'string' },
          port: { type: 'string' },
          printer: { type: 'string', multiple: true },
          display: { type: 'string', multiple: true },
          scale: { type: 'string', multiple: true },
          'allow-origin': { type: 'string', multiple: true },
          help: { type: 'boolean' },
        },
      }),
    );
  } catch (cause) {
    return err(`${cause instanceof Error ? cause.message : String(cause)} (--help lists the flags.)`);
  }
}

function readPort(text: string | undefined): Result<number, string> {
  if (text === undefined) return err('--port is missing: name the port to listen on, or 0 for a free one.');
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? ok(port) : err(`--port ${text}: ports are whole numbers from 0 to 65535.`);
}

function readOrigins(texts: readonly string[]): Result<string[], string> {
  const origins: string[] = [];
  for (const text of texts) {
    const url = URL.parse(text);
    if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
      return err(`--allow-origin ${text}: write it as http://host:port, without a path.`);
    }
    origins.push(url.origin);
  }
  return ok(origins);
}

function readPrinters(flags: readonly string[]): Result<PrinterProfile[], string> {
  const printers: PrinterProfile[] = [];
  for (const flag of flags) {
    const printer = parsePrinterFlag(flag);
    if (!printer.ok) return printer;
    if (printers.some((other) => other.device === printer.value.device)) {
      return err(`--printer ${printer.value.device} is given twice; every printer needs a name of its own.`);
    }
    printers.push(printer.value);
  }
  return ok(printers);
}

function readDisplays(
  flags: readonly string[],
  printers: readonly PrinterProfile[],
): Result<DisplayProfile[], string> {
  const displays: DisplayProfile[] = [];
  for (const flag of flags) {
    const display = parseDisplayFlag(flag);
    if (!display.ok) return display;
    const { device } = display.value;
    if ([...displays, ...printers].some((other) => other.device === device))
      return err(`--display ${device} is given twice; every device needs a name of its own.`);
    displays.push(display.value);
  }
  return ok(displays);
}

function readScales(
  flags: readonly string[],
  others: readonly { readonly device: string }[],
): Result<ScaleProfile[], string> {
  const scales: ScaleProfile[] = [];
  for (const flag of flags) {
    const scale = parseScaleFlag(flag);
    if (!scale.ok) return scale;
    const { device } = scale.value;
    if ([...scales, ...others].some((other) => other.device === device))
      return err(`--scale ${device} is given twice; every device needs a name of its own.`);
    scales.push(scale.value);
  }
  return ok(scales);
}

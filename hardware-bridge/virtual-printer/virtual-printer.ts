import pino, { type Logger } from 'pino';
import { faultChangeSchema, type FaultChange, type Faults } from './faults.ts';
import { PaperShelf } from './paper-shelf.ts';
import type { PrintedPaper } from './paper-strip.ts';
import { PrintMechanism } from './print-mechanism.ts';
import { startVirtualDisplay } from './virtual-display.ts';
import { TcpPort } from './tcp-port.ts';
import { buildPrinterPage } from './web.ts';
import * as v from 'valibot';

/** How a virtual printer is set up. Ports of 0 pick free ones; `data` is a folder for its papers. */
export type VirtualPrinterOptions = {
  readonly name?: string;
  readonly host?: string;
  readonly port: number;
  /** Leave it out for a printer without a page. */
  readonly webPort?: number;
  /** Leave it out for a printer without a pole display beside it. */
  readonly displayPort?: number;
  readonly columns?: number;
  readonly data?: string;
  readonly now?: () => Date;
  readonly log?: Logger;
};

/** How a virtual printer is. */
export type PrinterState = {
  readonly name: string;
  readonly port: number;
  readonly columns: number;
  readonly papers: number;
  readonly connections: number;
  readonly waitingBytes: number;
  /** The two lines of the display beside it; null without one. */
  readonly display: readonly [string, string] | null;
  /** `pin` is the connector pin of the latest pulse: a printer kicks one drawer on either. */
  readonly drawer: { readonly open: boolean; readonly openings: number; readonly pin?: 2 | 5 };
  readonly faults: Faults;
};

/** What a listener hears: a new paper, a cleared shelf, or any other change. */
export type PrinterNews =
  | { readonly kind: 'paper'; readonly paper: PrintedPaper }
  | { readonly kind: 'cleared' }
  | { readonly kind: 'state' };

/** A virtual printer while it runs. */
export type VirtualPrinter = {
  readonly port: number;
  /** Null for a printer without a page. */
  readonly webPort: number | null;
  /** Null without a display. */
  readonly displayPort: number | null;
  state(): PrinterState;
  /** Changes some faults; resolves when connections are refused or taken again. */
  setFaults(change: FaultChange): Promise<void>;
  /** The papers on the shelf, oldest first. */
  papers(): readonly PrintedPaper[];
  paper(number: number): PrintedPaper | undefined;
  clearPapers(): void;
  closeDrawer(): void;
  listen(listener: (news: PrinterNews) => void): () => void;
  stop(): Promise<void>;
};

/** Starts a virtual printer. Rejects when a port is in use or the folder cannot be used. */
export async function startVirtualPrinter(options: VirtualPrinterOptions): Promise<VirtualPrinter> {
  const { name = 'Virtual printer', host = '127.0.0.1', columns = 42, now = () => new Date() } = options;
  const log = options.log ?? pino({ level: 'silent' });
  const shelf = await PaperShelf.open(options.data ?? null, log);
  const listeners = new Set<(news: PrinterNews) => void>();
  const tell = (news: PrinterNews): void => {
    for (const listener of listeners) listener(news);
  };
  const mechanism = new PrintMechanism(columns, {
    onPaper: (printed) => tell({ kind: 'paper', paper: shelf.add(printed, now()) }),
    onChange: () => tell({ kind: 'state' }),
  });
  const tcp = new TcpPort(mechanism, host, options.port);
  await tcp.listen();
  const display =
    options.displayPort === undefined
      ? null
      : await startVirtualDisplay({
          host,
          port: options.displayPort,
          onChange: () => tell({ kind: 'state' }),
        });
  const printer: Omit<VirtualPrinter, 'webPort' | 'stop'> = {
    port: tcp.port,
    displayPort: display?.port ?? null,
    state: () => ({ ...stateOf(name, tcp.port, mechanism, shelf), display: display?.lines() ?? null }),
    setFaults: async (change) => {
      mechanism.setFaults(v.parse(faultChangeSchema, change));
      tcp.followMute();
      await (mechanism.faults.off ? tcp.close() : tcp.listen());
    },
    papers: () => shelf.all(),
    paper: (number) => shelf.get(number),
    clearPapers: () => {
      shelf.clear();
      tell({ kind: 'cleared' });
    },
    closeDrawer: () => mechanism.closeDrawer(),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const page =
    options.webPort === undefined
      ? null
      : await buildPrinterPage(printer, { host, port: options.webPort, log });
  const stop = async (): Promise<void> => {
    mechanism.stop();
    await Promise.all([tcp.close(), display?.stop(), page?.close()]);
    await shelf.written();
  };
  return { ...printer, webPort: page?.port ?? null, stop };
}

function stateOf(
  name: string,
  port: number,
  mechanism: PrintMechanism,
  shelf: PaperShelf,
): Omit<PrinterState, 'display'> {
  return {
    name,
    port,
    columns: mechanism.columns,
    papers: shelf.all().length,
    connections: mechanism.connections,
    waitingBytes: mechanism.waitingBytes,
    drawer: {
      open: mechanism.drawerOpen,
      openings: mechanism.drawerOpenings,
      ...(mechanism.drawerPin === undefined ? {} : { pin: mechanism.drawerPin }),
    },
    faults: mechanism.faults,
  };
}

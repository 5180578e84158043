/** One till of a system that is measured: it writes its own sales and sees those of all others. */
export type SyncClient = {
  /** Resolves when the till has met its server for the first time. */
  readonly linked: Promise<void>;
  /** Writes the till's next sale, kept where this system keeps what it writes. */
  readonly write: (sale: number, text: string) => Promise<void>;
  /** How many sales this till sees now. */
  readonly count: () => Promise<number> | number;
  /** The texts of all sales it sees. */
  readonly texts: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

/** The server of a system while it runs. */
export type SyncServer = {
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
};

/** A system that is measured: a server that keeps everything on disk, and tills in one process. */
export type SyncSystem = {
  /** Starts the server on a folder, as a process of its own. */
  readonly startServer: (folder: string) => Promise<SyncServer>;
  /** Makes till `till` of `tills`, which dials `port` until somebody answers. */
  readonly client: (port: number, till: number, tills: number) => Promise<SyncClient>;
  /** Loads everything a stopped server left in its folder; gives how many sales it read. */
  readonly load: (folder: string) => Promise<number>;
};

/** The key of a sale: its till and its number. */
export function saleKey(till: number, sale: number): string {
  return `${String(till).padStart(3, '0')}-${String(sale).padStart(9, '0')}`;
}

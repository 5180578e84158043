import { err, ok } from '#model/result.ts';
import type { Spool, SpoolFailure } from '../../../hardware-bridge/spool.ts';

/** A spool in memory whose disk can fill up. */
export type MemorySpool = Spool & {
  /** From now on writes fail with this; null makes room again. */
  fail(failure: SpoolFailure | null): void;
  /** The files as they are. */
  readonly files: Map<string, string>;
};

/** A spool in memory; give it the files of another to start where that one ended. */
export function memorySpool(files: ReadonlyMap<string, string> = new Map()): MemorySpool {
  const kept = new Map(files);
  let failure: SpoolFailure | null = null;
  return {
    files: kept,
    fail: (next) => {
      failure = next;
    },
    write: async (name, text) => {
      if (failure) return err(failure);
      kept.set(name, text);
      return ok(null);
    },
    read: async (name) => kept.get(name) ?? null,
    names: async () => [...kept.keys()],
    remove: async (name) => {
      kept.delete(name);
    },
  };
}

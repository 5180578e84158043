import { initSyncState, type SyncState } from '@automerge/automerge';
import { assert } from '#model/result.ts';

/** A sync state where Automerge works with it, outside of JavaScript. */
type Handle = { readonly lastSentHeads: string[] };

/** The two functions by which Automerge carries the state of every sync message into its own memory and out again. */
type Glue = {
  importSyncState: (state: object) => Handle;
  exportSyncState: (handle: Handle) => SyncState;
};

/**
 * Leaves sync states in Automerge's own memory between two messages and shows what is in them when somebody looks: to carry them
 * out and in again is a seventh of what a simulation computes. A state is used once, by whatever gives the next one, as
 * relays, pages and the indexer do it; a second use throws. Automerge that is put together otherwise is left as it is.
 */
export async function keepSyncStates(): Promise<void> {
  const entry = import.meta.resolve('@automerge/automerge');
  const { ApiHandler: glue } = (await import(new URL('../low_level.js', entry).href)) as { ApiHandler: Glue };
  const { importSyncState, exportSyncState } = glue;
  const handles = new WeakMap<object, Handle>();
  const imported = new WeakSet<Handle>();
  glue.importSyncState = (state) => {
    const handle = handles.get(state) ?? importSyncState(state);
    handles.delete(state);
    imported.add(handle);
    return handle;
  };
  glue.exportSyncState = (handle) => {
    // Automerge frees those it made itself as soon as they are out.
    if (!imported.has(handle)) return exportSyncState(handle);
    const looked = () => {
      assert(handles.get(state) === handle, () => 'a sync state is looked at after it was used');
      return handle;
    };
    const state = new Shown(looked, exportSyncState) as unknown as SyncState;
    handles.set(state, handle);
    return state;
  };
}

/** A state whose fields are fetched when one is looked at. */
class Shown {
  readonly #handle: () => Handle;
  readonly #export: Glue['exportSyncState'];
  #seen: SyncState | undefined;

  constructor(handle: () => Handle, exportState: Glue['exportSyncState']) {
    this.#handle = handle;
    this.#export = exportState;
  }

  /** What is asked for mostly can be had alone. */
  get lastSentHeads(): string[] {
    return this.#seen?.lastSentHeads ?? this.#handle().lastSentHeads;
  }

  field(name: keyof SyncState): unknown {
    this.#seen ??= this.#export(this.#handle());
    return this.#seen[name];
  }
}

for (const name of [...Object.keys(initSyncState()), 'theirCapabilities'] as (keyof SyncState)[])
  if (name !== 'lastSentHeads')
    Object.defineProperty(Shown.prototype, name, {
      get(this: Shown) {
        return this.field(name);
      },
    });

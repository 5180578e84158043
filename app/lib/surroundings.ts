/**
 * What a screen needs from the world besides documents: the time, milliseconds that nobody can set (from any start), fresh ids, a place for small notes that survives a
 * reload (keys and texts; `write` of undefined takes the note out; a key that begins with `tab:` lives as long as the
 * tab). `afterPaint` runs something when what was just changed is on the display. Passed in, so a test can hold the clock.
 */
export type Surroundings = {
  now(): Date;
  uptime(): number;
  newId(): string;
  afterPaint(run: () => void): void;
  readNote(key: string): string | undefined;
  writeNote(key: string, text: string | undefined): void;
};

/** By then a change is on the display, in milliseconds. Not a frame of the browser: a window out of sight has none. */
const PAINTED_MS = 40;

/** The browser's own clock, randomness and storage. A full storage loses a note, never a sale. */
export function browserSurroundings(
  storages: { readonly lasting: Storage; readonly tab: Storage },
  report: (sentence: string) => void,
): Surroundings {
  const storageOf = (key: string) => (key.startsWith('tab:') ? storages.tab : storages.lasting);
  return {
    now: () => new Date(),
    uptime: () => performance.now(),
    newId: () => crypto.randomUUID(),
    afterPaint: (run) => void setTimeout(run, PAINTED_MS),
    readNote: (key) => storageOf(key).getItem(`tillmesh:${key}`) ?? undefined,
    writeNote: (key, text) => {
      try {
        if (text === undefined) storageOf(key).removeItem(`tillmesh:${key}`);
        else storageOf(key).setItem(`tillmesh:${key}`, text);
      } catch (cause) {
        report(`the note ${key} was not kept: ${String(cause)}`);
      }
    },
  };
}

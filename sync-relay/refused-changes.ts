/** Changes that were left out: who sent them, to which document, when (rule E7). */
export type Refusal = { readonly device: string; readonly document: string; readonly at: string };

/** How many are remembered; a device that goes on trying must not fill the memory. */
const MOST = 100;

/** The latest changes a relay left out. */
export class RefusedChanges {
  readonly #list: Refusal[] = [];

  /** The latest ones, the newest last. */
  get list(): readonly Refusal[] {
    return this.#list;
  }

  /** Takes note of one. */
  add(refusal: Refusal): void {
    this.#list.push(refusal);
    if (this.#list.length > MOST) this.#list.shift();
  }
}

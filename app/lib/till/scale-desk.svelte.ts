import type { ScaleStatus } from '#model/catalog/scale-status.ts';
import type { Scale } from './scale.ts';

/** What the scale desk stands on; `pause` resolves when the scale may be asked again. */
export type ScaleDeskParts = {
  readonly scale: Scale | undefined;
  readonly pause: () => Promise<void>;
};

/** The scale beside the till, asked again and again as long as somebody weighs. */
export class ScaleDesk {
  readonly #parts: ScaleDeskParts;
  #reading = $state.raw<ScaleStatus | undefined>();
  #weighing = 0;

  constructor(parts: ScaleDeskParts) {
    this.#parts = parts;
  }

  /** Whether this till has a scale at all. */
  get present(): boolean {
    return this.#parts.scale !== undefined;
  }

  /** How the scale stood when it was asked last; undefined before its first answer and while nobody weighs. */
  get reading(): ScaleStatus | undefined {
    return this.#reading;
  }

  /** Asks until the returned function is called. What comes after that is forgotten: the next article is weighed anew. */
  weigh(): () => void {
    const turn = ++this.#weighing;
    const { scale } = this.#parts;
    if (scale) void this.#ask(scale, turn);
    return () => {
      if (turn !== this.#weighing) return;
      this.#weighing++;
      this.#reading = undefined;
    };
  }

  async #ask(scale: Scale, turn: number): Promise<void> {
    while (turn === this.#weighing) {
      const reading = await scale.read();
      if (turn !== this.#weighing) return;
      this.#reading = reading;
      await this.#parts.pause();
    }
  }
}

import type { ScaleStatus } from '#model/catalog/scale-status.ts';
import type { Scale } from '../../../app/lib/till/scale.ts';

/** A scale in memory that weighs up to 15 kg. */
export class FakeScale implements Scale {
  grams = 0;
  moving = false;
  away = false;
  /** Whether it took a tare off by itself. */
  net = false;
  reads = 0;

  async read(): Promise<ScaleStatus> {
    this.reads++;
    const device = 'scale';
    if (this.away) return { device, state: 'away' };
    if (this.grams > 15_000) return { device, state: 'overload' };
    if (this.grams < 0) return { device, state: 'below-zero' };
    if (this.moving) return { device, state: 'moving' };
    if (this.grams === 0) return { device, state: 'empty' };
    return { device, state: 'stable', grams: String(this.grams), ...(this.net ? { net: true } : {}) };
  }
}

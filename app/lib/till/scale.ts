import * as v from 'valibot';
import { scaleStatusSchema, type ScaleStatus } from '#model/catalog/scale-status.ts';

/** A scale beside the till. Where a till has none, weights are typed. */
export type Scale = {
  /** How it stands now (rule C14). Never rejects: a scale that cannot be asked is `away`. */
  read(): Promise<ScaleStatus>;
};

/** A scale is asked a few times a second: what takes longer than this is as good as no answer, in milliseconds. */
const PATIENCE_MS = 1500;

/** A scale of the hardware bridge, which a page reaches behind its own origin. */
export class BridgeScale implements Scale {
  readonly #url: string;
  readonly #device: string;

  /** `base` is where the bridge is, without a slash at the end; `device` its name of the scale. */
  constructor(base: string, device: string) {
    this.#url = `${base}/v1/scales/${encodeURIComponent(device)}`;
    this.#device = device;
  }

  async read(): Promise<ScaleStatus> {
    try {
      const response = await fetch(this.#url, {
        signal: AbortSignal.timeout(PATIENCE_MS),
        cache: 'no-store',
      });
      const status = v.safeParse(scaleStatusSchema, response.ok ? await response.json() : undefined);
      return status.success ? status.output : this.#away();
    } catch {
      return this.#away();
    }
  }

  #away(): ScaleStatus {
    return { device: this.#device, state: 'away' };
  }
}

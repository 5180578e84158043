import * as v from 'valibot';
import { isPin } from '#model/staff/pin.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { FoundingWish } from './founding.ts';

/** Why a shop was not founded; what is wrong with the form, or what the machine said. */
export type FoundingTrouble =
  | { readonly code: 'missing' | 'pin-form' | 'pins-differ' | 'away' }
  | { readonly code: 'refused'; readonly detail: string };

/** Sends the wish; gives the code with which this browser joins. */
export type Found = (wish: FoundingWish) => Promise<Result<string, FoundingTrouble>>;

const answerSchema = v.object({ code: v.string() });
const refusalSchema = v.object({ message: v.string() });

/** Founds over HTTP at the page's own origin. */
export function foundWith(post: typeof fetch): Found {
  return async (wish) => {
    let response: Response;
    let body: unknown;
    try {
      response = await post('/station/found', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(wish),
      });
      body = await response.json();
    } catch {
      return err({ code: 'away' });
    }
    const answer = v.safeParse(answerSchema, body);
    if (response.ok && answer.success) return ok(answer.output.code);
    const refusal = v.safeParse(refusalSchema, body);
    return err({
      code: 'refused',
      detail: refusal.success ? refusal.output.message : `HTTP ${response.status}`,
    });
  };
}

/** What a person fills in to found a shop, and what came of it. */
export class FoundingForm {
  name = $state('');
  currency = $state('');
  language = $state<'en' | 'es'>('en');
  country = $state('');
  store = $state('');
  tills = $state(2);
  manager = $state('');
  pin = $state('');
  pinAgain = $state('');
  readonly #timeZone: string;
  readonly #found: Found;
  readonly #founded: (code: string) => void;
  /** Resolves with this browser's code once the shop is there. */
  readonly done: Promise<string>;
  #busy = $state(false);
  #trouble = $state.raw<FoundingTrouble | undefined>();

  /** `locale` is the browser's, for what can be guessed; `timeZone` becomes the first store's. */
  constructor(found: Found, locale: string, timeZone: string) {
    this.#found = found;
    this.#timeZone = timeZone;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.done = promise;
    this.#founded = resolve;
    const guess = new Intl.Locale(locale);
    this.language = guess.language === 'es' ? 'es' : 'en';
    this.country = guess.region ?? '';
  }

  /** Whether the shop is being written. */
  get busy(): boolean {
    return this.#busy;
  }

  /** What is wrong; undefined while there is nothing to say. */
  get trouble(): FoundingTrouble | undefined {
    return this.#trouble;
  }

  /** Founds the shop. */
  async submit(): Promise<void> {
    if (this.#busy) return;
    this.#trouble = this.#fault();
    if (this.#trouble) return;
    this.#busy = true;
    const { name, currency, language, country, store, tills, pin } = this;
    const founded = await this.#found({
      name,
      currency,
      language,
      country,
      timeZone: this.#timeZone,
      store,
      tills,
      manager: { name: this.manager, pin },
    });
    this.#busy = false;
    if (founded.ok) this.#founded(founded.value);
    else this.#trouble = founded.error;
  }

  #fault(): FoundingTrouble | undefined {
    const texts = [this.name, this.currency, this.country, this.store, this.manager];
    if (texts.some((text) => text.trim() === '')) return { code: 'missing' };
    if (!isPin(this.pin)) return { code: 'pin-form' };
    return this.pin === this.pinAgain ? undefined : { code: 'pins-differ' };
  }
}

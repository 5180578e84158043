/** How many tries a bucket holds, and how many come back each minute. */
type Allowance = { readonly most: number; readonly perMinute: number };

/** One asker, and all of them together: with 50 bits, 60 codes a minute for ten minutes find one in 10¹² invitations. */
const EACH: Allowance = { most: 10, perMinute: 10 };
const ALL: Allowance = { most: 60, perMinute: 60 };

/** Askers remembered; beyond that the longest known is forgotten, and the bucket of all still holds. */
const MOST_ASKERS = 1000;

type Bucket = { left: number; at: number };

/**
 * How often somebody may try a code (rule E8). A try is taken before the code is looked at and given back when it was right,
 * so that many questions at once do not get around it. Invitations themselves do not die of wrong codes: nobody can tell
 * which invitation a wrong code was meant for, and whoever reaches the relay could end all of them.
 */
export class CodeTries {
  readonly #now: () => number;
  readonly #askers = new Map<string, Bucket>();
  readonly #all: Bucket;

  /** `now` is in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#all = { left: ALL.most, at: now() };
  }

  /** Takes a try for `asker`; gives 0, or the seconds until there is one again. */
  take(asker: string): number {
    const own = this.#bucketOf(asker);
    refill(own, EACH, this.#now());
    refill(this.#all, ALL, this.#now());
    const wait = Math.max(waitFor(own, EACH), waitFor(this.#all, ALL));
    if (wait > 0) return wait;
    own.left -= 1;
    this.#all.left -= 1;
    return 0;
  }

  /** The code was not wrong: the try does not count. */
  giveBack(asker: string): void {
    const own = this.#bucketOf(asker);
    own.left = Math.min(EACH.most, own.left + 1);
    this.#all.left = Math.min(ALL.most, this.#all.left + 1);
  }

  #bucketOf(asker: string): Bucket {
    const bucket = this.#askers.get(asker) ?? { left: EACH.most, at: this.#now() };
    this.#askers.delete(asker);
    this.#askers.set(asker, bucket);
    const [oldest] = this.#askers.keys();
    if (this.#askers.size > MOST_ASKERS && oldest !== undefined) this.#askers.delete(oldest);
    return bucket;
  }
}

function refill(bucket: Bucket, { most, perMinute }: Allowance, now: number): void {
  // A clock that was set back gives nothing and takes nothing.
  const minutes = Math.max(0, now - bucket.at) / 60_000;
  bucket.left = Math.min(most, bucket.left + minutes * perMinute);
  bucket.at = now;
}

/** Whole seconds until a bucket holds one try. */
function waitFor({ left }: Bucket, { perMinute }: Allowance): number {
  return left >= 1 ? 0 : Math.ceil(((1 - left) * 60) / perMinute);
}

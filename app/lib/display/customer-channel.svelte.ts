import * as v from 'valibot';
import { MAX_SLIDES, MAX_SLIDE_BYTES } from '#model/catalog/picture.ts';
import { shownSaleSchema, type ShownSale } from './shown-sale.ts';

/** The channel between a till and the customer's windows of the same browser. */
const CUSTOMER_CHANNEL = 'tillmesh-customer-display';

/** The address of a picture holds all of it as base64. */
const addressSchema = v.pipe(v.string(), v.startsWith('data:image/'), v.maxLength(2 * MAX_SLIDE_BYTES));

const messageSchema = v.variant('type', [
  /** A window came up and asks what there is to show. */
  v.strictObject({ type: v.literal('hello') }),
  /** A till came up and asks which windows are there. */
  v.strictObject({ type: v.literal('who') }),
  v.strictObject({ type: v.literal('sale'), sale: shownSaleSchema }),
  /** The pictures between sales (rule C17). Apart from the sale: they are large, and change once in a month. */
  v.strictObject({
    type: v.literal('pictures'),
    pictures: v.pipe(v.array(addressSchema), v.maxLength(MAX_SLIDES)),
  }),
  /** The till's page is going. */
  v.strictObject({ type: v.literal('away') }),
]);

type Message = v.InferOutput<typeof messageSchema>;

/** One end of the channel; messages of one end reach all others. */
export type Channel = {
  send(message: unknown): void;
  listen(hear: (message: unknown) => void): void;
  close(): void;
};

/** An end of the browser's channel of this name. */
export function openChannel(name: string = CUSTOMER_CHANNEL): Channel {
  const channel = new BroadcastChannel(name);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target but its own origin
    send: (message) => channel.postMessage(message),
    listen: (hear) => channel.addEventListener('message', ({ data }) => hear(data)),
    close: () => channel.close(),
  };
}

function listen(channel: Channel, hear: (message: Message) => void): void {
  channel.listen((data) => {
    const read = v.safeParse(messageSchema, data);
    // A window of another version may say what this one does not know: it is left alone.
    if (read.success) hear(read.output);
  });
}

/** The till's end: tells every window what to show, again to each that comes up later. */
export class CustomerScreen {
  readonly #channel: Channel;
  #last: ShownSale | undefined;
  #pictures: readonly string[] | undefined;
  #isWatched = $state(false);

  constructor(channel: Channel) {
    this.#channel = channel;
    listen(channel, ({ type }) => {
      if (type !== 'hello') return;
      this.#isWatched = true;
      if (this.#last) this.#say({ type: 'sale', sale: this.#last });
      if (this.#pictures) this.#say({ type: 'pictures', pictures: [...this.#pictures] });
    });
    this.#say({ type: 'who' });
  }

  /** Whether a window was ever there: without one nobody need read pictures. */
  get isWatched(): boolean {
    return this.#isWatched;
  }

  /** Shows this from now on. */
  show(sale: ShownSale): void {
    this.#last = sale;
    this.#say({ type: 'sale', sale });
  }

  /** Shows these pictures between sales, by their addresses; the same ones again are not sent again. */
  showPictures(pictures: readonly string[]): void {
    const before = this.#pictures;
    if (before?.length === pictures.length && pictures.every((each, i) => each === before[i])) return;
    this.#pictures = pictures;
    this.#say({ type: 'pictures', pictures: [...pictures] });
  }

  /** Leaves the windows without a till. */
  close(): void {
    this.#say({ type: 'away' });
    this.#channel.close();
  }

  #say(message: Message): void {
    this.#channel.send(message);
  }
}

/** The window's end: what its till shows, undefined while there is none. */
export class CustomerWindow {
  readonly #channel: Channel;
  #sale = $state.raw<ShownSale | undefined>();
  #pictures = $state.raw<readonly string[]>([]);

  constructor(channel: Channel) {
    this.#channel = channel;
    listen(channel, (message) => {
      if (message.type === 'sale') this.#sale = message.sale;
      else if (message.type === 'pictures') this.#pictures = message.pictures;
      else if (message.type === 'who') channel.send({ type: 'hello' } satisfies Message);
      // The store's name stays: a till that loads anew is back in a moment.
      else if (message.type === 'away' && this.#sale) {
        this.#sale = { ...this.#sale, phase: 'idle', lines: [], payments: [], training: false };
      }
    });
    channel.send({ type: 'hello' } satisfies Message);
  }

  /** What to show. */
  get sale(): ShownSale | undefined {
    return this.#sale;
  }

  /** The addresses of the pictures between sales. */
  get pictures(): readonly string[] {
    return this.#pictures;
  }

  /** Stops listening. */
  close(): void {
    this.#channel.close();
  }
}

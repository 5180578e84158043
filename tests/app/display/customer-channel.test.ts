import { describe, expect, it, onTestFinished } from 'vitest';
import {
  CustomerScreen,
  CustomerWindow,
  openChannel,
  type Channel,
} from '../../../app/lib/display/customer-channel.svelte.ts';
import { openCustomerWindow } from '../../../app/lib/display/place-window.ts';
import type { ShownSale } from '../../../app/lib/display/shown-sale.ts';

const SALE: ShownSale = {
  phase: 'selling',
  store: 'Camden',
  slides: ['Tea is here'],
  language: 'en',
  locale: 'en-GB',
  currency: 'GBP',
  training: false,
  lines: [{ name: 'Lantern', quantity: '1', price: '3.39', amount: 339, offs: [] }],
  touched: { index: 0, count: 1 },
  total: 339,
  due: 339,
  change: 0,
  payments: [],
};

let made = 0;
/** Ends of one channel that no other test hears. */
function channels(): () => Channel {
  const name = `display-test-${++made}`;
  return () => {
    const channel = openChannel(name);
    onTestFinished(() => channel.close());
    return channel;
  };
}

describe('the channel to the customer display', () => {
  it('[P7] shows a window that comes up later what the till shows', async () => {
    const end = channels();
    const till = new CustomerScreen(end());
    till.show(SALE);
    const first = new CustomerWindow(end());
    await expect.poll(() => first.sale).toEqual(SALE);
    till.show({ ...SALE, total: 500 });
    await expect.poll(() => first.sale?.total).toBe(500);
    const second = new CustomerWindow(end());
    await expect.poll(() => second.sale?.total).toBe(500);
  });

  it('[P7] falls idle when the till goes, keeps the store, and goes on when the till is back', async () => {
    const end = channels();
    const till = new CustomerScreen(end());
    const window = new CustomerWindow(end());
    till.show(SALE);
    await expect.poll(() => window.sale?.phase).toBe('selling');
    till.close();
    await expect.poll(() => window.sale?.phase).toBe('idle');
    expect(window.sale).toMatchObject({ store: 'Camden', slides: ['Tea is here'], lines: [] });
    new CustomerScreen(end()).show({ ...SALE, total: 1 });
    await expect.poll(() => window.sale?.total).toBe(1);
  });

  it('[C17] reads and sends the pictures only where a window is, and tells one that comes up later', async () => {
    const end = channels();
    const till = new CustomerScreen(end());
    expect(till.isWatched).toBe(false);
    const first = new CustomerWindow(end());
    await expect.poll(() => till.isWatched).toBe(true);
    expect(first.pictures).toEqual([]);
    till.showPictures(['data:image/png;base64,AAAA']);
    await expect.poll(() => first.pictures).toEqual(['data:image/png;base64,AAAA']);
    const second = new CustomerWindow(end());
    await expect.poll(() => second.pictures).toEqual(first.pictures);
    till.showPictures([]);
    await expect.poll(() => second.pictures).toEqual([]);
  });

  it('[C17] asks the windows that were there before the till, and keeps their pictures until it knows better', async () => {
    const end = channels();
    const before = new CustomerScreen(end());
    const window = new CustomerWindow(end());
    before.showPictures(['data:image/png;base64,AAAA']);
    await expect.poll(() => window.pictures).toHaveLength(1);
    before.close();
    const after = new CustomerScreen(end());
    await expect.poll(() => after.isWatched).toBe(true);
    expect(window.pictures).toHaveLength(1);
    after.showPictures(['data:image/png;base64,BBBB']);
    await expect.poll(() => window.pictures).toEqual(['data:image/png;base64,BBBB']);
  });

  it('[C17] sends the same pictures once, and shows no address from elsewhere', async () => {
    const end = channels();
    const heard: unknown[] = [];
    end().listen((message) => heard.push(message));
    const till = new CustomerScreen(end());
    const window = new CustomerWindow(end());
    await expect.poll(() => till.isWatched).toBe(true);
    till.showPictures(['data:image/png;base64,AAAA']);
    till.showPictures(['data:image/png;base64,AAAA']);
    end().send({ type: 'pictures', pictures: ['https://example.org/a.png'] });
    till.show(SALE);
    await expect.poll(() => heard).toContainEqual({ type: 'sale', sale: SALE });
    await expect.poll(() => window.sale).toEqual(SALE);
    expect(window.pictures).toEqual(['data:image/png;base64,AAAA']);
    const sent = heard.filter((message) => JSON.stringify(message).includes('AAAA'));
    expect(sent).toHaveLength(1);
  });

  it('leaves alone what it does not understand', async () => {
    const end = channels();
    const window = new CustomerWindow(end());
    const other = end();
    other.send({ type: 'dance' });
    other.send({ type: 'sale', sale: { ...SALE, total: '5' } });
    other.send({ type: 'sale', sale: { ...SALE, total: 7 } });
    await expect.poll(() => window.sale?.total).toBe(7);
  });
});

describe('the window for customers', () => {
  const here = { availLeft: 0, availTop: 0, availWidth: 1366, availHeight: 768 };
  const there = { availLeft: 1366, availTop: 0, availWidth: 1024, availHeight: 600 };

  async function open(screens: (() => Promise<(typeof here)[]>) | undefined, opens = true) {
    const asked: string[] = [];
    const placed = await openCustomerWindow({
      ...(screens
        ? { getScreenDetails: async () => ({ screens: await screens(), currentScreen: here }) }
        : {}),
      open: (url, _name, features) => {
        asked.push(`${url} ${features}`);
        return opens ? {} : null;
      },
    });
    return { placed, asked };
  }

  it('goes to the other screen where the browser may place it', async () => {
    expect(await open(async () => [here, there])).toEqual({
      placed: 'other-screen',
      asked: ['/display popup,left=1366,top=0,width=1024,height=600'],
    });
  });

  it.each([
    ['the browser cannot place windows', undefined],
    ['there is one screen', async () => [here]],
    ['the person says no', () => Promise.reject(new Error('denied'))],
  ])('comes up here when %s', async (_, screens) => {
    const { placed, asked } = await open(screens);
    expect(placed).toBe('this-screen');
    expect(asked).toEqual(['/display popup,width=1024,height=768']);
  });

  it('is said to be blocked when it is', async () => {
    expect(await open(undefined, false)).toMatchObject({ placed: 'blocked' });
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pauses } from '../../../app/lib/till/pauses.ts';

describe('work that nobody waits for', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function page() {
    const target = new EventTarget();
    const ran: string[] = [];
    const page = { target, ran, isSaving: false };
    const pauses = new Pauses({ target, now: () => performance.now(), isWaitedFor: () => page.isSaving });
    return Object.assign(page, { pauses });
  }

  it('runs soon on a page nobody touches', async () => {
    const { ran, pauses } = page();
    pauses.next(() => ran.push('work'));
    await vi.advanceTimersByTimeAsync(60);
    expect(ran).toEqual(['work']);
  });

  it.each(['keydown', 'pointerdown', 'click', 'input'])('lets a %s be seen first', async (kind) => {
    const { target, ran, pauses } = page();
    target.dispatchEvent(new Event(kind));
    pauses.next(() => ran.push('work'));
    await vi.advanceTimersByTimeAsync(45);
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(ran).toEqual(['work']);
  });

  it('gives way again to what was touched while it waited, and is done in the first pause', async () => {
    const { target, ran, pauses } = page();
    target.dispatchEvent(new Event('keydown'));
    pauses.next(() => ran.push('work'));
    for (let key = 0; key < 20; key++) {
      await vi.advanceTimersByTimeAsync(30);
      target.dispatchEvent(new Event('keydown'));
    }
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(60);
    expect(ran).toEqual(['work']);
  });

  it('lets what somebody waits for be done, and be seen', async () => {
    const opened = page();
    opened.isSaving = true;
    opened.pauses.next(() => opened.ran.push('work'));
    await vi.advanceTimersByTimeAsync(500);
    expect(opened.ran).toEqual([]);
    opened.isSaving = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(opened.ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(opened.ran).toEqual(['work']);
  });

  it('that may slow a sale down waits until nobody is at work', async () => {
    const { target, ran, pauses } = page();
    pauses.rest(() => ran.push('work'));
    await vi.advanceTimersByTimeAsync(1_500);
    target.dispatchEvent(new Event('keydown'));
    await vi.advanceTimersByTimeAsync(1_950);
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(ran).toEqual(['work']);
    pauses.rest(() => ran.push('more'));
    await vi.advanceTimersByTimeAsync(10);
    expect(ran).toEqual(['work', 'more']);
  });

  it('that may slow a sale down is done in a pause where nobody rests', async () => {
    const { target, ran, pauses } = page();
    pauses.rest(() => ran.push('work'));
    const waited = async (milliseconds: number) => {
      for (let past = 0; past < milliseconds; past += 200) {
        target.dispatchEvent(new Event('keydown'));
        await vi.advanceTimersByTimeAsync(200);
      }
    };
    await waited(19_000);
    expect(ran).toEqual([]);
    await waited(2_000);
    expect(ran).toEqual(['work']);
  });

  it('is not held up by a clock that was set back', async () => {
    const target = new EventTarget();
    const ran: string[] = [];
    let now = 1_200_000;
    const pauses = new Pauses({ target, now: () => now, isWaitedFor: () => false });
    target.dispatchEvent(new Event('keydown'));
    now = 0;
    pauses.next(() => ran.push('work'));
    await vi.advanceTimersByTimeAsync(10);
    expect(ran).toEqual(['work']);
  });
});

/** What the browser says of an element that was marked to be told, once it is on the display (Element Timing). */
type PaintedElement = PerformanceEntry & { readonly identifier: string; readonly renderTime: number };

declare global {
  /**
   * When the browser gave the frame with this element to the display, on the page's clock; asked within the task that put it there. It
   * tells that of new text alone: of an element that was there before, the begin of the frame after counts.
   */
  var painted: (element: Element) => Promise<number>;
  /** Resolves at the begin of the frame after the next. */
  var nextFrame: () => Promise<void>;
}

/** Puts what tells when something is painted into a page; given to playwright as it is, so it uses nothing outside. */
export function installPainted(): void {
  globalThis.nextFrame = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    });
  const shownAt = new Map<string, number>();
  new PerformanceObserver((list) => {
    for (const { identifier, renderTime } of list.getEntries() as PaintedElement[])
      shownAt.set(identifier, renderTime);
  }).observe({ type: 'element', buffered: true });
  let marked = 0;
  globalThis.painted = async (element) => {
    const name = `painted-${++marked}`;
    for (const part of [element, ...element.querySelectorAll('*')]) part.setAttribute('elementtiming', name);
    await globalThis.nextFrame();
    const after = performance.now();
    for (let look = 0; look < 10 && !shownAt.has(name); look++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return shownAt.get(name) ?? after;
  };
}

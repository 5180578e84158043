import type { Page } from 'playwright';

/** The least height and width of what a finger in a glove meets, in CSS pixels. */
const LEAST = 48;

/**
 * What can be touched on the page and is less than 48 px high or wide, one sentence each. A label belongs to its field, and what
 * an element draws beyond its own box (a pseudo-element) belongs to the element: asked is what takes the touch.
 */
export function smallTargets(page: Page, screen: string): Promise<string[]> {
  return page.evaluate(
    ({ least, place }) => {
      const TOUCHABLE = 'button, a[href], input, select, textarea, summary, [role="button"], [role="option"]';
      type Box = { left: number; right: number; top: number; bottom: number };
      const around = (a: Box, b: Box): Box => ({
        left: Math.min(a.left, b.left),
        right: Math.max(a.right, b.right),
        top: Math.min(a.top, b.top),
        bottom: Math.max(a.bottom, b.bottom),
      });
      // Half a pixel is lost where a layout has thirds.
      const isLarge = (box: Box) =>
        box.right - box.left >= least - 0.5 && box.bottom - box.top >= least - 0.5;
      const labelled = (element: Element): Box => {
        const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
        return labels
          .map((one) => one.getBoundingClientRect())
          .reduce(around, element.getBoundingClientRect());
      };
      const takes = (element: Element, x: number, y: number): boolean => {
        const hit = document.elementFromPoint(x, y);
        return hit !== null && (element.contains(hit) || hit.closest('label')?.control === element);
      };
      const reach = (element: Element, x: number, y: number, [dx, dy]: readonly [number, number]): number => {
        let steps = 0;
        while (steps < least && takes(element, x + dx * (steps + 1), y + dy * (steps + 1))) steps++;
        return steps;
      };
      /** What really takes the touch, from the middle outwards. */
      const touched = (element: Element): Box => {
        // Where nothing is shown nothing is hit.
        element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
        const box = element.getBoundingClientRect();
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        const [left, right] = [reach(element, x, y, [-1, 0]), reach(element, x, y, [1, 0])];
        const [up, down] = [reach(element, x, y, [0, -1]), reach(element, x, y, [0, 1])];
        return { left: x - left - 0.5, right: x + right + 0.5, top: y - up - 0.5, bottom: y + down + 0.5 };
      };
      const isThere = (element: Element): boolean => {
        const box = element.getBoundingClientRect();
        return (
          element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
          !element.matches(':disabled') &&
          element.closest('[inert], [aria-hidden="true"], .sr-only') === null &&
          box.width > 1 &&
          box.height > 1
        );
      };
      const dialogs = document.querySelectorAll('[role="dialog"]');
      const top = dialogs[dialogs.length - 1] ?? document.body;
      return [...top.querySelectorAll(TOUCHABLE)]
        .filter((element) => isThere(element) && !isLarge(labelled(element)) && !isLarge(touched(element)))
        .map((element) => {
          const { width, height } = element.getBoundingClientRect();
          const name = element.getAttribute('data-testid') ?? element.textContent.trim().slice(0, 40);
          const tag = element.tagName.toLowerCase();
          return `${place}: ${tag} ${name} is ${Math.round(width)} x ${Math.round(height)} px`;
        });
    },
    { least: LEAST, place: screen },
  );
}

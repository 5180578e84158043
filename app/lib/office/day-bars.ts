/** One value of the chart. */
export type BarPoint = { readonly key: string; readonly value: number };
/** A bar in pixels; `y` is its upper edge. */
export type Bar = {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
/** Bars and the line of zero, in pixels. */
export type BarLayout = { readonly bars: readonly Bar[]; readonly zero: number; readonly step: number };

const WIDEST = 56;

/** Places bars in a field of `width` × `height` pixels. Values below zero hang from the line of zero. */
export function layOutBars(points: readonly BarPoint[], width: number, height: number): BarLayout {
  const top = Math.max(0, ...points.map((point) => point.value));
  const bottom = Math.min(0, ...points.map((point) => point.value));
  const scale = top === bottom ? 0 : height / (top - bottom);
  const zero = top * scale;
  const step = points.length === 0 ? width : width / points.length;
  const barWidth = Math.max(1, Math.min(WIDEST, step * 0.68));
  const bars = points.map(({ key, value }, index) => ({
    key,
    x: index * step + (step - barWidth) / 2,
    y: value >= 0 ? zero - value * scale : zero,
    width: barWidth,
    height: Math.abs(value) * scale,
  }));
  return { bars, zero, step };
}

/** Every how many bars a label fits when one needs `room` pixels. */
export function labelEvery(step: number, room: number): number {
  return Math.max(1, Math.ceil(room / Math.max(step, 0.5)));
}

import { MAX_PICTURE_BYTES, MAX_SLIDE_BYTES } from '#model/catalog/picture.ts';

/** What a picture is for: the tile of an article, or the customer display between sales. */
export type PictureUse = 'tile' | 'slide';

/** The part of a file's picture that is kept, and the size it is kept in, in pixels. */
export type Frame = {
  readonly from: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly width: number;
  readonly height: number;
};

/** The side of a tile's picture: enough for the largest tile on a fine screen. */
const TILE = 160;
const SLIDE = { width: 1280, height: 800 };

/** The most bytes a picture may have. */
export function mostBytes(use: PictureUse): number {
  return use === 'tile' ? MAX_PICTURE_BYTES : MAX_SLIDE_BYTES;
}

/**
 * How a picture of `width` by `height` pixels is kept: for a tile its middle as a square, for the display whole; never enlarged.
 * `shrink` is 1, or less where what came out was too large.
 */
export function frameOf(use: PictureUse, width: number, height: number, shrink = 1): Frame {
  const size = (length: number, scale: number) => Math.max(1, Math.round(length * scale * shrink));
  if (use === 'slide') {
    const scale = Math.min(1, SLIDE.width / width, SLIDE.height / height);
    return {
      from: { x: 0, y: 0, width, height },
      width: size(width, scale),
      height: size(height, scale),
    };
  }
  const side = Math.min(width, height);
  const kept = size(side, Math.min(1, TILE / side));
  const from = { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side };
  return { from, width: kept, height: kept };
}

import { pictureOf, type NamedPicture, type PictureRefusal } from '#model/catalog/picture.ts';
import { err, type Result } from '#model/result.ts';
import { frameOf, mostBytes, type Frame, type PictureUse } from './picture-frame.ts';

/** The largest file that is looked at, in bytes: a page that takes in more may run out of memory. */
const MOST_FILE_BYTES = 40_000_000;
const QUALITIES = [0.8, 0.65, 0.5, 0.35];
const SHRINKS = [1, 0.7, 0.5, 0.35];

/** Why a file did not become a picture. */
export type FileRefusal = PictureRefusal | { readonly code: 'file-too-large'; readonly most: number };

/** Makes the picture that is kept of a file somebody chose or photographed, as small as it has to be (rules C12 and C17). */
export async function makePicture(file: Blob, use: PictureUse): Promise<Result<NamedPicture, FileRefusal>> {
  if (file.size > MOST_FILE_BYTES) return err({ code: 'file-too-large', most: MOST_FILE_BYTES });
  const image = await read(file);
  if (!image) return err({ code: 'picture-not-understood' });
  try {
    const most = mostBytes(use);
    for (const shrink of SHRINKS) {
      const canvas = drawn(image, frameOf(use, image.width, image.height, shrink));
      for (const quality of QUALITIES) {
        const bytes = await encoded(canvas, quality);
        if (bytes.length <= most) return pictureOf(bytes, most);
      }
    }
    return err({ code: 'picture-too-large', most });
  } finally {
    image.close();
  }
}

async function read(file: Blob): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file);
  } catch {
    // Whatever is wrong with it, the browser cannot show it.
    return undefined;
  }
}

function drawn(image: ImageBitmap, { from, width, height }: Frame): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws no pictures');
  context.imageSmoothingQuality = 'high';
  // JPEG has nothing to see through, and what is behind a picture is light in one look and dark in another.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(image, from.x, from.y, from.width, from.height, 0, 0, width, height);
  return canvas;
}

/** As WebP, or as JPEG where the browser writes no WebP. */
async function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Uint8Array> {
  const write = (type: string) =>
    new Promise<Blob>((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be written'))),
        type,
        quality,
      );
    });
  const webp = await write('image/webp');
  const blob = webp.type === 'image/webp' ? webp : await write('image/jpeg');
  return new Uint8Array(await blob.arrayBuffer());
}

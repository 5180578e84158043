import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { CodeKind } from './code-camera.ts';

// The package would fetch its program from a public server; a till reads codes without the internet.
prepareZXingModule({ overrides: { locateFile: (file: string) => (file.endsWith('.wasm') ? wasm : file) } });

const FORMATS: Record<CodeKind, NonNullable<ReaderOptions['formats']>> = {
  qr: ['QRCode'],
  article: ['EANUPC', 'Code128', 'Code39', 'ITF14', 'DataBar', 'QRCode', 'DataMatrix'],
};

/** Pictures are made no wider than this before they are looked at: enough for a code held before a camera, and quick. */
const WIDTH = 960;

let canvas: HTMLCanvasElement | undefined;

/**
 * The codes in what a video shows now. Element strings of GS1 come with their symbology identifier, as from a scanner (rule B5).
 */
export async function readPicture(
  video: HTMLVideoElement,
  kind: CodeKind,
): Promise<readonly { readonly rawValue: string }[]> {
  const image = pictureOf(video);
  if (!image) return [];
  const found = await readBarcodes(image, {
    formats: FORMATS[kind],
    textMode: 'Plain',
    maxNumberOfSymbols: 1,
  });
  return found
    .filter(({ isValid, text }) => isValid && text !== '')
    .map(({ text, contentType, symbologyIdentifier }) => ({
      rawValue: contentType === 'GS1' ? `${symbologyIdentifier}${text}` : text,
    }));
}

function pictureOf(video: HTMLVideoElement): ImageData | undefined {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0) return undefined;
  canvas ??= document.createElement('canvas');
  const scale = Math.min(1, WIDTH / videoWidth);
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return undefined;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

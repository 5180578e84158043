/** What can look at the camera's picture and say which codes are in it. */
export type CodeReader = {
  detect(picture: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
};

/** Which codes are looked for: the QR code of an invitation, or whatever is printed on an article. */
export type CodeKind = 'qr' | 'article';

type WithReader = {
  readonly BarcodeDetector?: new (options: { formats: readonly string[] }) => CodeReader;
};

const FORMATS: Record<CodeKind, readonly string[]> = {
  qr: ['qr_code'],
  article: ['ean_13', 'ean_8', 'upc_a', 'upc_e', 'code_128', 'code_39', 'itf', 'qr_code', 'data_matrix'],
};

/**
 * The reader of codes in a picture: the browser's own where it has one, else one that is loaded when it is first used. Undefined
 * where no camera may be asked for.
 */
export function codeReader(
  page: WithReader & { readonly navigator: Navigator },
  kind: CodeKind,
): CodeReader | undefined {
  // Without a secure connection the browser has no `mediaDevices`, whatever its types say.
  const media: MediaDevices | undefined = page.navigator.mediaDevices;
  if (media === undefined) return undefined;
  if (page.BarcodeDetector !== undefined) return new page.BarcodeDetector({ formats: FORMATS[kind] });
  return {
    detect: async (picture) => (await import('./picture-reader.ts')).readPicture(picture, kind),
  };
}

/** Looks at a picture again and again until there is a code in it or `signal` ends; `pause` comes between two looks. */
export async function readCode(
  picture: HTMLVideoElement,
  reader: CodeReader,
  pause: () => Promise<void>,
  signal: AbortSignal,
): Promise<string | undefined> {
  while (!signal.aborted) {
    const [found] = await reader.detect(picture);
    if (signal.aborted) return undefined;
    if (found) return found.rawValue;
    await pause();
  }
  return undefined;
}

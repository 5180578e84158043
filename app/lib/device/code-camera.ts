/** What this page uses of the browser's reader of QR codes, where it has one. */
export type CodeReader = { detect(picture: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> };

type WithReader = {
  readonly BarcodeDetector?: new (options: { formats: readonly string[] }) => CodeReader;
};

/** The browser's reader of QR codes; undefined where the browser has none or no camera may be asked for. */
export function qrReader(page: WithReader & { readonly navigator: Navigator }): CodeReader | undefined {
  // Without a secure connection the browser has no `mediaDevices`, whatever its types say.
  const media: MediaDevices | undefined = page.navigator.mediaDevices;
  if (page.BarcodeDetector === undefined || media === undefined) return undefined;
  return new page.BarcodeDetector({ formats: ['qr_code'] });
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

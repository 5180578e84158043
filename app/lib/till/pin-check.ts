import type { PinVerifier } from '#model/staff/pin.ts';

/** Checks a PIN in a worker of its own, which ends with the answer. */
export function checkPinBeside(pin: string, verifier: PinVerifier): Promise<boolean> {
  const worker = new Worker(new URL('./pin-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<boolean>((resolve, reject) => {
    worker.addEventListener('message', (event: MessageEvent<boolean>) => resolve(event.data));
    worker.addEventListener('error', (event) =>
      reject(new Error(`the PIN was not checked: ${event.message}`)),
    );
    worker.postMessage({ pin, verifier }, { transfer: [] });
  }).finally(() => worker.terminate());
}

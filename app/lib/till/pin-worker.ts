import { checkPin, type PinVerifier } from '#model/staff/pin.ts';

/** Checks PINs beside the page: scrypt takes a tenth of a second, in which the page must stay alive. */
self.addEventListener('message', (event: MessageEvent<{ pin: string; verifier: PinVerifier }>) => {
  self.postMessage(checkPin(event.data.pin, event.data.verifier), { transfer: [] });
});

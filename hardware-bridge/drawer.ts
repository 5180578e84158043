import type { PrintJob } from '#model/receipt/print-job.ts';
import type { PrinterProfile } from './printer-profiles.ts';

/** Which of a printer's two drawers: 2 is the second, undefined the first. */
export type Drawer = PrintJob['drawer'];

/**
 * ESC p m t1 t2 with its two times (50 ms on, 500 ms off): 5 bytes. The encoder's own `openCashDrawer` leaves the times out, so the printer
 * takes the next two bytes of the paper for them.
 */
export function drawerPulse(profile: Pick<PrinterProfile, 'drawerPin'>, drawer: Drawer): Buffer {
  return Buffer.from([0x1b, 0x70, pinOf(profile, drawer), 0x19, 0xfa]);
}

/** DLE DC4 1 m t (100 ms): obeyed at once, also while the printer is stopped by an empty roll or an open cover. */
export function realTimeDrawerPulse(profile: Pick<PrinterProfile, 'drawerPin'>, drawer: Drawer): Buffer {
  return Buffer.from([0x10, 0x14, 0x01, pinOf(profile, drawer), 0x01]);
}

/** What the commands call a pin: 0 is pin 2, 1 is pin 5. The second drawer hangs on the pin the first does not. */
function pinOf({ drawerPin }: Pick<PrinterProfile, 'drawerPin'>, drawer: Drawer): number {
  return (drawerPin === 2) === (drawer === undefined) ? 0 : 1;
}

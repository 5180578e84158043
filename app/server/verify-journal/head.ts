import { object, pattern, whole, type Form } from './form.ts';
import { moment, organization, register, store } from './record.ts';

/** Head office's word for how far it held a register's journal (rule J16). */
export type CountersignedHead = {
  readonly org: string;
  readonly store: string;
  readonly register: string;
  readonly session: number;
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly device: string;
  readonly sig: string;
};

/** The id of a device. */
export const deviceId: Form = pattern(/^[0-9a-f]{16}$/, 'a device id of 16 hex digits');

/** The form of a head line (rule J10). */
export const headLine: Form = object({
  head: object({
    org: organization,
    store,
    register,
    session: whole(1),
    seq: whole(1),
    hash: pattern(/^[A-Za-z0-9_-]{43}$/, 'a hash of 43 base64url characters'),
    at: moment,
    device: deviceId,
    sig: pattern(/^[A-Za-z0-9_-]{86}$/, 'a signature of 86 base64url characters'),
  }),
});

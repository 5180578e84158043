import { CLOSE_CODES } from '#model/protocol/frame.ts';

/** Why a relay does not let this device take part (rules E2 and E5). */
export type RefusedStanding = 'unproven' | 'unknown' | 'revoked' | 'expired' | 'foreign-peer-id';

/** How this device stands with the relay it is linked to, or was refused by. */
export type Standing = 'accepted' | RefusedStanding;

const BY_CLOSE_CODE: ReadonlyMap<number, RefusedStanding> = new Map([
  [CLOSE_CODES.unproven, 'unproven'],
  [CLOSE_CODES.unknownDevice, 'unknown'],
  [CLOSE_CODES.revoked, 'revoked'],
  [CLOSE_CODES.expired, 'expired'],
  [CLOSE_CODES.foreignPeerId, 'foreign-peer-id'],
]);

/** What a close code says about this device; undefined when the link ended for another reason. */
export function refusedStanding(closeCode: number): RefusedStanding | undefined {
  return BY_CLOSE_CODE.get(closeCode);
}

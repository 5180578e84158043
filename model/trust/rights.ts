import type { DocumentAddress, DocumentKey } from '../ids/document-id.ts';
import type { DeviceRole } from './device.ts';
import { isVouchedFor } from './voucher.ts';

/** Whose rights are asked for: an enrolled device, or what a peer says it is while it has not proved it. */
export type RightsHolder = {
  readonly role: DeviceRole;
  readonly organization?: string | undefined;
  readonly store?: string | undefined;
  readonly register?: string | undefined;
};

/** Whether a device may have a document (rule E3): all of its organization, and of the stores only its own, with what every store has in stock (rule E12). */
export function mayRead(device: RightsHolder, { organization, key }: DocumentAddress): boolean {
  if (device.organization !== undefined && device.organization !== organization) return false;
  if (device.store === undefined || device.role === 'hq' || device.role === 'indexer') return true;
  return !('store' in key) || key.store === device.store || key.class === 'stock-summary';
}

/**
 * Whether a device's changes to a document are taken (rule E4). A relay and head office bring what others wrote: a
 * store's relay everything that is written in its store, head office everything, so that a store that lost its disks gets
 * its own documents back. The journal's signatures, not the link, tell who wrote a record.
 */
export function mayWrite(device: RightsHolder, address: DocumentAddress): boolean {
  if (!mayRead(device, address)) return false;
  const { key } = address;
  switch (device.role) {
    case 'hq':
      return true;
    case 'indexer':
      return false;
    case 'relay':
      return isWrittenInStores(key);
    case 'back-office':
      return isWrittenInBackOffice(key, device);
    case 'terminal':
      return isWrittenAtTill(key, device);
  }
}

/**
 * What a relay does with changes a device sends to a document: take them, take them once head office has vouched for
 * them (rule E6), or leave them out (rules E4 and E7).
 */
export function writeRight(device: RightsHolder, address: DocumentAddress): 'free' | 'vouched' | 'none' {
  if (mayWrite(device, address)) return 'free';
  const passesOn = device.role === 'relay' && mayRead(device, address) && isVouchedFor(address.key);
  return passesOn ? 'vouched' : 'none';
}

function isWrittenInStores(key: DocumentKey): boolean {
  return !isVouchedFor(key);
}

function isWrittenInBackOffice(key: DocumentKey, { store }: RightsHolder): boolean {
  if (key.class === 'customers' || key.class === 'ledger') return true;
  // Head office's own back office has no store and edits what belongs to the organization.
  if (store === undefined)
    return ['organization', 'staff', 'catalog', 'store', 'stock-book', 'exceptions'].includes(key.class);
  return ['store', 'stock-book', 'parked', 'exceptions'].includes(key.class);
}

function isWrittenAtTill(key: DocumentKey, device: RightsHolder): boolean {
  switch (key.class) {
    case 'customers':
    case 'ledger':
    case 'parked':
    case 'exceptions':
      return true;
    case 'session':
    case 'basket':
    case 'claims':
      return key.store === device.store && key.register === device.register;
    default:
      return false;
  }
}

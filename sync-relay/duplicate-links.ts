import { CLOSE_CODES } from '#model/protocol/frame.ts';
import type { Link } from './link.ts';

/**
 * Two relays keep one link: the newer of two dialled by one side, else the one dialled by the lower device id. Closes the others
 * with the device of `link`, or `link` itself, and takes them out.
 */
export function dropDuplicates(link: Link, links: Set<Link>, own: string): void {
  const device = link.metadata.device;
  if (device === undefined || !link.isRelay) return;
  const preferred = own < device.id ? 'out' : 'in';
  for (const other of links) {
    if (other === link || !other.isRelay || !other.isOpen || other.metadata.device?.id !== device.id)
      continue;
    const loser = other.direction === link.direction || link.direction === preferred ? other : link;
    loser.close(CLOSE_CODES.duplicateLink, 'these relays are connected already');
    links.delete(loser);
  }
}

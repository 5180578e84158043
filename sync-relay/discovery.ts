import { Bonjour, type Browser, type Service } from 'bonjour-service';
import type { Logger } from 'pino';

/** A relay that announced itself on the LAN; untrusted until it has introduced itself over a connection. */
export type FoundRelay = {
  readonly device: string;
  readonly store: string;
  readonly urls: readonly string[];
};

/** Tells the LAN about this relay and hears about others. */
export interface Discovery {
  /** Announces this relay and calls `onFound` for each other relay of the organization, possibly again and again. */
  start(onFound: (relay: FoundRelay) => void): void;
  /** Takes the announcement back. */
  stop(): Promise<void>;
}

/** What a relay says about itself on the LAN. */
export type Announcement = {
  readonly device: string;
  readonly organization: string;
  readonly store: string;
  readonly port: number;
  /** Whether it is reached over wss. */
  readonly secure: boolean;
};

/** Bonjour hands its options on to multicast-dns, whose own its types leave out. */
type MulticastOptions = ConstructorParameters<typeof Bonjour>[0] & { interface?: string; bind?: string };

const SERVICE_TYPE = 'tillmesh';

/**
 * Discovery by mDNS (`_tillmesh._tcp`). Many guest networks drop multicast, so a static list stays the fallback; mDNS is
 * used for addresses only, whether a peer lives is told by its connection. `lan` is the address of the interface to use:
 * needed where no route leads to the multicast group, as when the router is down.
 */
export function mdnsDiscovery(own: Announcement, log: Logger, lan?: string): Discovery {
  let bonjour: Bonjour | undefined;
  let browser: Browser | undefined;
  return {
    start(onFound) {
      const onError = (cause: Error) =>
        log.warn({ err: cause }, 'LAN discovery is off; the static list of peers still works');
      // Bound to the interface's own address the socket would hear nothing; it has to listen on all and send on one.
      const multicast: MulticastOptions = lan === undefined ? {} : { interface: lan, bind: '0.0.0.0' };
      bonjour = new Bonjour(multicast, onError);
      bonjour.publish({
        name: `tillmesh-${own.device}`,
        type: SERVICE_TYPE,
        port: own.port,
        txt: {
          device: own.device,
          organization: own.organization,
          store: own.store,
          ...(own.secure ? { tls: '1' } : {}),
        },
        disableIPv6: true,
      });
      browser = bonjour.find({ type: SERVICE_TYPE }, (service) => {
        const found = readService(service);
        const same = service.txt?.organization === own.organization && found?.store === own.store;
        if (found && same && found.device !== own.device) onFound(found);
      });
    },
    stop() {
      browser?.stop();
      const running = bonjour;
      if (!running) return Promise.resolve();
      return new Promise((resolve) => running.unpublishAll(() => running.destroy(resolve)));
    },
  };
}

function readService(service: Service): FoundRelay | undefined {
  const device: unknown = service.txt?.device;
  const store: unknown = service.txt?.store;
  if (typeof device !== 'string' || !/^[0-9a-f]{16}$/.test(device) || typeof store !== 'string')
    return undefined;
  const addresses = (service.addresses ?? []).filter((address) => address.includes('.'));
  const scheme = service.txt?.tls === '1' ? 'wss' : 'ws';
  return { device, store, urls: addresses.map((address) => `${scheme}://${address}:${service.port}/sync`) };
}

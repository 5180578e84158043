import type { NetworkAdapterInterface, PeerId, StorageId } from '@automerge/automerge-repo/slim';

/** Whether there is a relay at the other end of the network, and the name of its disk. */
export class RelayLink {
  readonly #listeners = new Set<(connected: boolean) => void>();
  #peerId: PeerId | undefined;
  #storageId: StorageId | undefined;

  /** Follows `network`; without one the relay is away for ever. */
  constructor(network: NetworkAdapterInterface | undefined) {
    network?.on('peer-candidate', ({ peerId, peerMetadata }) => this.#turn(peerId, peerMetadata.storageId));
    network?.on('peer-disconnected', () => this.#turn(undefined, undefined));
  }

  get connected(): boolean {
    return this.#peerId !== undefined;
  }

  /** Who is at the other end; undefined while nobody is. */
  get peerId(): PeerId | undefined {
    return this.#peerId;
  }

  /** The name the relay gives its disk; undefined when it has none or is away. */
  get storageId(): StorageId | undefined {
    return this.#storageId;
  }

  /** Hears when the relay comes and goes; gives back the function that stops it. */
  watch(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #turn(peerId: PeerId | undefined, storageId: StorageId | undefined): void {
    this.#peerId = peerId;
    this.#storageId = storageId;
    for (const listener of this.#listeners) listener(this.connected);
  }
}

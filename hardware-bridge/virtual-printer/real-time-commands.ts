/** A command a printer obeys the moment it arrives, whatever waits in its buffer. */
export type RealTimeCommand =
  { readonly kind: 'status'; readonly n: number } | { readonly kind: 'drawer'; readonly pin: 2 | 5 };

/** Takes DLE EOT n and DLE DC4 1 m t out of a stream of bytes, wherever it was cut into portions. */
export class RealTimeSplitter {
  #held: number[] = [];

  /** Splits one portion into what waits its turn and what is obeyed at once. */
  push(bytes: Uint8Array): { readonly data: number[]; readonly commands: RealTimeCommand[] } {
    const data: number[] = [];
    const commands: RealTimeCommand[] = [];
    for (const byte of bytes) {
      this.#held.push(byte);
      const command = readCommand(this.#held);
      if (command === 'incomplete') continue;
      if (command) commands.push(command);
      else data.push(...this.#held);
      this.#held = [];
    }
    return { data, commands };
  }
}

function readCommand([dle, name, first, pin, time]: readonly number[]):
  RealTimeCommand | 'incomplete' | null {
  if (dle !== 0x10) return null;
  if (name === undefined) return 'incomplete';
  if (name === 0x04) return first === undefined ? 'incomplete' : { kind: 'status', n: first };
  if (name !== 0x14) return null;
  if (first === undefined) return 'incomplete';
  if (first !== 1) return null;
  return time === undefined ? 'incomplete' : { kind: 'drawer', pin: pin === 1 ? 5 : 2 };
}

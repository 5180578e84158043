/** What a sound says: a scan was taken, something was refused, a sale is done. */
export type Sound = 'scan' | 'error' | 'done';

const TONES: Record<Sound, readonly { readonly hertz: number; readonly at: number; readonly for: number }[]> =
  {
    scan: [{ hertz: 1760, at: 0, for: 0.06 }],
    error: [
      { hertz: 220, at: 0, for: 0.16 },
      { hertz: 165, at: 0.18, for: 0.22 },
    ],
    done: [
      { hertz: 880, at: 0, for: 0.09 },
      { hertz: 1320, at: 0.1, for: 0.16 },
    ],
  };

/** The till's voice; silent where the browser has none or the person wants none. */
export class Sounds {
  readonly #wanted: () => boolean;
  #context: AudioContext | undefined;

  constructor(wanted: () => boolean) {
    this.#wanted = wanted;
  }

  /** Plays a sound now. */
  play(sound: Sound): void {
    if (!this.#wanted() || typeof AudioContext === 'undefined') return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    for (const tone of TONES[sound]) {
      const start = context.currentTime + tone.at;
      const voice = new OscillatorNode(context, {
        frequency: tone.hertz,
        type: sound === 'error' ? 'square' : 'sine',
      });
      const volume = new GainNode(context, { gain: 0.12 });
      volume.gain.setTargetAtTime(0, start + tone.for, 0.02);
      voice.connect(volume).connect(context.destination);
      voice.start(start);
      voice.stop(start + tone.for + 0.2);
    }
  }
}

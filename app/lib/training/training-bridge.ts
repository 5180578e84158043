import type {
  DrawerJob,
  PrinterStatus,
  PrintJob,
  PrintJobStatus,
  Resolution,
} from '#model/receipt/print-job.ts';
import type { DisplayStatus, PoleText } from '#model/receipt/pole-text.ts';
import type { Bridge, BridgeAnswer } from '../till/bridge.ts';

/**
 * The printer as training has it (rule V2): papers come out under ids of their own, since training counts its receipts from 1 each
 * time and an id never prints twice; and there is no drawer.
 */
export class TrainingBridge implements Bridge {
  readonly #real: Bridge;
  readonly #prefix: string;

  /** `id` tells this training from every other of this till. */
  constructor(real: Bridge, id: string) {
    this.#real = real;
    this.#prefix = `training-${id}:`;
  }

  async print({ openDrawer: _never, ...job }: PrintJob): Promise<BridgeAnswer<PrintJobStatus>> {
    return this.#own(await this.#real.print({ ...job, jobId: this.#prefix + job.jobId }));
  }

  openDrawer(_job: DrawerJob): Promise<BridgeAnswer<PrintJobStatus>> {
    return Promise.resolve({ kind: 'away' });
  }

  async job(id: string): Promise<BridgeAnswer<PrintJobStatus>> {
    return this.#own(await this.#real.job(this.#prefix + id));
  }

  async resolve(id: string, resolution: Resolution): Promise<BridgeAnswer<PrintJobStatus>> {
    return this.#own(await this.#real.resolve(this.#prefix + id, resolution));
  }

  printer(device: string): Promise<BridgeAnswer<PrinterStatus>> {
    return this.#real.printer(device);
  }

  display(device: string, text: PoleText): Promise<BridgeAnswer<DisplayStatus>> {
    return this.#real.display(device, text);
  }

  #own(answer: BridgeAnswer<PrintJobStatus>): BridgeAnswer<PrintJobStatus> {
    if (answer.kind !== 'taken') return answer;
    const { jobId, ...status } = answer.value;
    return { kind: 'taken', value: { ...status, jobId: jobId.slice(this.#prefix.length) } };
  }
}

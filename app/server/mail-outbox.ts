import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import * as v from 'valibot';
import { mailJobSchema, type MailJob, type MailState } from '#model/receipt/mail-job.ts';
import { writeWholeFile } from './whole-file.ts';

/** What an outbox works with; `smtp` is `smtp://user:password@host:587`, `from` the shop's address. */
export type OutboxParts = {
  readonly folder: string;
  readonly smtp: string;
  readonly from: string;
  readonly log: (line: string) => void;
  /** How long a mail server that is away is left alone, in milliseconds. */
  readonly retryMs?: number;
};

const RETRY_MS = 30_000;
const STATES = ['waiting', 'sent', 'refused'] as const;

/**
 * Receipts on their way to customers (rule P10): a mail is on the disk before it is accepted, waits while the mail server is away, and an
 * id that went out is remembered. Between the mail server's yes and that note a power cut could send it once more; both carry one Message-ID,
 * by which mailboxes tell a repetition.
 */
export class MailOutbox {
  readonly #parts: OutboxParts;
  readonly #transport: ReturnType<typeof createTransport>;
  readonly #states = new Map<string, MailState>();
  #working: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  private constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#transport = createTransport(parts.smtp);
  }

  /** Opens the outbox of a folder and goes on with what waits there. */
  static async open(parts: OutboxParts): Promise<MailOutbox> {
    const outbox = new MailOutbox(parts);
    for (const state of STATES) {
      await mkdir(join(parts.folder, state), { recursive: true, mode: 0o700 });
      for (const name of await readdir(join(parts.folder, state)))
        if (name.endsWith('.json')) outbox.#states.set(name.slice(0, -5), state);
    }
    // A mail that was noted as sent before its waiting file was gone is sent.
    for (const [id, state] of outbox.#states) if (state !== 'waiting') await outbox.#drop(id);
    outbox.#wake();
    return outbox;
  }

  /** Where a mail stands; undefined for one that was never accepted. */
  state(id: string): MailState | undefined {
    return this.#states.get(id);
  }

  /** Takes a mail: on the disk when it resolves. The same id again changes nothing. */
  async accept(job: MailJob): Promise<MailState> {
    const known = this.#states.get(job.mailId);
    if (known) return known;
    this.#states.set(job.mailId, 'waiting');
    try {
      await writeWholeFile(this.#path('waiting', job.mailId), JSON.stringify(job));
    } catch (cause) {
      this.#states.delete(job.mailId);
      throw cause;
    }
    this.#wake();
    return 'waiting';
  }

  /** Stops sending; what waits is sent after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
    this.#transport.close();
  }

  #wake(): void {
    this.#working = this.#working.then(() => this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    clearTimeout(this.#timer);
    for (const [id, state] of this.#states) {
      if (this.#stopped || state !== 'waiting') continue;
      if (await this.#send(id)) continue;
      if (!this.#stopped) this.#timer = setTimeout(() => this.#wake(), this.#parts.retryMs ?? RETRY_MS);
      return;
    }
  }

  /** Sends one mail; false when the mail server cannot be reached, which is tried again later. */
  async #send(id: string): Promise<boolean> {
    try {
      const text = await readFile(this.#path('waiting', id), 'utf8');
      const job = v.parse(v.pipe(v.string(), v.parseJson(), mailJobSchema), text);
      await this.#transport.sendMail({
        from: this.#parts.from,
        to: job.to,
        subject: job.subject,
        text: job.text,
        messageId: `<${id}@tillmesh.invalid>`,
      });
      await this.#note(id, 'sent');
      return true;
    } catch (cause) {
      this.#parts.log(`mail ${id}: ${String(cause)}`);
      if (!isFinal(cause)) return false;
      await this.#note(id, 'refused');
      return true;
    }
  }

  /** Writes down how a mail ended; of one that is over no address is kept. */
  async #note(id: string, state: 'sent' | 'refused'): Promise<void> {
    await writeWholeFile(this.#path(state, id), '{}');
    this.#states.set(id, state);
    await this.#drop(id);
  }

  #drop(id: string): Promise<void> {
    return rm(this.#path('waiting', id), { force: true });
  }

  #path(state: MailState, id: string): string {
    return join(this.#parts.folder, state, `${id}.json`);
  }
}

/** The mail server's own no (a reply of the 500s), or a file that is no mail: trying again would change nothing. */
function isFinal(cause: unknown): boolean {
  if (cause instanceof v.ValiError) return true;
  return (
    cause instanceof Error &&
    'responseCode' in cause &&
    typeof cause.responseCode === 'number' &&
    cause.responseCode >= 500
  );
}

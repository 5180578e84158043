import { createHash } from 'node:crypto';
import { canonical, isObject, readLine, type JsonObject, type ReadLine } from './canonical.ts';
import { fault, type Fault } from './fault.ts';
import { list, object, oneOf, pattern, whole } from './form.ts';
import { deviceId, headLine, type CountersignedHead } from './head.ts';
import { linesOf } from './lines.ts';
import { day, moment, organization, readRecord, register, registerName, store } from './record.ts';
import { RegisterCheck, type RegisterVerdict } from './register-check.ts';
import { DeviceKeys, type ListedDevice } from './signatures.ts';

/** The first line of an export (rule J10). */
export type Header = {
  readonly organization: string;
  readonly exportedAt: string;
  readonly registers: readonly string[];
  readonly from?: string;
  readonly to?: string;
};

/** A fault of the file that belongs to no register. */
export type FileFault = Fault & { readonly line: number };

/** What was found out about a file. */
export type JournalVerdict = {
  readonly valid: boolean;
  readonly header?: Header;
  /** Devices whose public keys the file brings. */
  readonly devices: readonly string[];
  readonly registers: readonly RegisterVerdict[];
  readonly faults: readonly FileFault[];
  readonly lines: number;
};

const FORMAT = 'tillmesh-journal';
const VERSION = 1;

const HEADER = object(
  {
    format: oneOf(FORMAT),
    version: oneOf(VERSION),
    organization,
    exportedAt: moment,
    registers: list(registerName),
  },
  { from: day, to: day },
);
const DEVICE = object(
  {
    device: deviceId,
    key: pattern(/^[A-Za-z0-9_-]{43}$/, 'an Ed25519 key of 43 base64url characters'),
    role: oneOf('hq', 'relay', 'terminal', 'back-office', 'indexer'),
  },
  { store, register, expiresAt: moment, revokedAt: moment },
);
const END = object({
  end: object({ lines: whole(1), sha256: pattern(/^[A-Za-z0-9_-]{43}$/, 'a SHA-256') }),
});

/** A file that is no journal at all must not fill the memory with its faults; further ones are left out. */
const MOST_FAULTS = 100;

/** Checks an export by the rules of model/SPEC.md, a line at a time. */
export async function checkJournal(chunks: AsyncIterable<Uint8Array>): Promise<JournalVerdict> {
  const check = new JournalCheck();
  for await (const line of linesOf(chunks)) check.take(line.bytes, line.fault);
  return check.finish();
}

/** The state of a check between two lines: the header, one register, and the verdicts on those before it. */
class JournalCheck {
  readonly #keys = new DeviceKeys();
  readonly #heads = new Map<string, CountersignedHead>();
  readonly #verdicts: RegisterVerdict[] = [];
  readonly #faults: FileFault[] = [];
  readonly #digest = createHash('sha256');
  #line = 0;
  #header: Header | undefined;
  #next = 0;
  #register: RegisterCheck | undefined;
  #ended = false;

  take(bytes: Uint8Array, broken?: 'cut' | 'too-long'): void {
    this.#line += 1;
    if (broken === 'too-long') this.#note(fault('too-long', 'the line is too long to be one of an export'));
    else if (broken === 'cut') this.#note(fault('cut-short', 'the file ends inside this line'));
    else this.#takeWhole(bytes);
  }

  finish(): JournalVerdict {
    if (!this.#ended && this.#line > 0)
      this.#note(fault('cut-short', 'the file has no end line: its end is missing'));
    if (this.#line === 0) this.#note(fault('bad-header', 'the file is empty'));
    while (this.#header && this.#next < this.#header.registers.length) this.#begin(this.#next);
    this.#close();
    return {
      valid: this.#faults.length === 0 && this.#verdicts.every(({ valid }) => valid),
      ...(this.#header && { header: this.#header }),
      devices: this.#keys.devices,
      registers: this.#verdicts,
      faults: this.#faults,
      lines: this.#line,
    };
  }

  #takeWhole(bytes: Uint8Array): void {
    const read = readLine(bytes);
    if (this.#ended) this.#note(fault('misplaced', 'the file goes on behind its end line'));
    if ('object' in read && 'end' in read.object) this.#end(read);
    else if (this.#line === 1) this.#begins(read);
    else if (!('object' in read)) this.#refuse(read);
    else if ('device' in read.object) this.#device(read);
    else if ('head' in read.object) this.#takeHead(read);
    else if ('unreadable' in read.object) this.#unreadable(read.object['unreadable']);
    else this.#record(read);
    this.#digest.update(bytes).update('\n');
  }

  #begins(read: ReadLine | Fault): void {
    if (!('object' in read)) {
      this.#note(fault('bad-header', `${read.reason}, and so the file has no header`));
      return;
    }
    const { format, version } = read.object;
    const bad = formFault(read, HEADER, 'the header');
    if (format !== FORMAT) this.#note(fault('bad-header', 'this is no journal of Tillmesh'));
    else if (typeof version === 'number' && version > VERSION)
      this.#note(
        fault('newer-version', `the file has version ${version} and this verifier knows ${VERSION}`),
      );
    else if (bad !== undefined) this.#note(fault('bad-header', bad));
    else {
      const header = read.object as JsonObject & Header;
      this.#header = header;
      if (new Set(header.registers).size < header.registers.length)
        this.#note(fault('bad-header', 'the header names a register twice'));
    }
  }

  #device(read: ReadLine): void {
    const bad = formFault(read, DEVICE, 'the device line');
    if (bad !== undefined) this.#note(fault('bad-device', bad));
    else if (this.#next > 0) this.#note(fault('misplaced', 'a device stands behind the first record'));
    else {
      const found = this.#keys.add(read.object as JsonObject & ListedDevice);
      if (found) this.#note(found);
    }
  }

  #takeHead(read: ReadLine): void {
    const bad = formFault(read, headLine, 'the head line');
    if (bad !== undefined) this.#note(fault('bad-head', bad));
    else if (this.#next > 0)
      this.#note(fault('misplaced', 'a countersigned head stands behind the first record'));
    else {
      const { head } = read.object as JsonObject & { readonly head: CountersignedHead };
      const name = `${head.store}-${head.register}`;
      const found = this.#keys.checkHead(head);
      if (found) this.#note(found);
      else if (this.#heads.has(name)) this.#note(fault('bad-head', `${name} has two countersigned heads`));
      else if (head.org !== this.#header?.organization)
        this.#note(fault('bad-head', `the head of ${name} is of organization ${head.org}`));
      else this.#heads.set(name, head);
    }
  }

  #end(read: ReadLine): void {
    const bad = formFault(read, END, 'the end line');
    const { end } = read.object;
    this.#ended = true;
    if (bad !== undefined || !isObject(end)) {
      this.#note(fault('bad-end', bad ?? 'the end line is none'));
      return;
    }
    const sha256 = this.#digest.copy().digest('base64url');
    if (end['lines'] !== this.#line - 1)
      this.#note(
        fault(
          'bad-end',
          `the file was made with ${end['lines']} lines before its end and has ${this.#line - 1}`,
        ),
      );
    else if (end['sha256'] !== sha256)
      this.#note(fault('bad-end', 'the file is not as it was written: its SHA-256 differs'));
  }

  /** A text in place of a record is never counted as one, and never passed over. */
  #unreadable(what: unknown): void {
    const { register, document, key, cause } = isObject(what) ? what : {};
    const where = [document, key].filter((part) => typeof part === 'string').join(', entry ');
    const found = fault('unreadable', `${where || 'an entry'} could not be read (${String(cause)})`);
    if (typeof register === 'string') this.#enter(register);
    if (this.#register?.name === register) this.#refuse(found);
    else this.#note(found);
  }

  #record(read: ReadLine): void {
    const record = readRecord(read);
    if ('reason' in record) {
      const { seq } = read.object;
      this.#refuse(record, typeof seq === 'number' ? seq : undefined);
      return;
    }
    // Only a record whose own hash is right may say that the next register begins.
    const name = `${record.store}-${record.register}`;
    this.#enter(name);
    if (this.#register?.name === name) this.#register.take(record, this.#line);
    else this.#refuse(fault('wrong-register', `a record of ${name} stands where none belongs`), record.seq);
  }

  /** Goes on to a register that the header names behind the present one; those passed over have no record. */
  #enter(name: string): void {
    if (this.#register?.name === name) return;
    const place = this.#header?.registers.indexOf(name, this.#next) ?? -1;
    if (place >= 0) while (this.#next <= place) this.#begin(this.#next);
  }

  #begin(place: number): void {
    this.#close();
    const name = this.#header?.registers[place];
    this.#next = place + 1;
    if (this.#header && name !== undefined)
      this.#register = new RegisterCheck(
        name,
        this.#header.organization,
        this.#header,
        this.#keys,
        this.#heads.get(name),
      );
  }

  #close(): void {
    if (this.#register) this.#verdicts.push(this.#register.finish(this.#line));
    this.#register = undefined;
  }

  /** A line that should have been a record counts to the register it stands in, or to the first. */
  #refuse(found: Fault, seq?: number): void {
    if (!this.#register && this.#next === 0) this.#begin(0);
    if (this.#register) this.#register.refuse(found, this.#line, seq);
    else this.#note(found);
  }

  #note(found: Fault): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ ...found, line: this.#line });
  }
}

function formFault(
  { object: value, text: spelled }: ReadLine,
  form: ReturnType<typeof object>,
  name: string,
): string | undefined {
  return form(value, name) ?? (canonical(value) === spelled ? undefined : `${name} is not canonical JSON`);
}

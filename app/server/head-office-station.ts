import { randomBytes } from 'node:crypto';
import { err, ok, type Result } from '#model/result.ts';
import type { FoundingRefusal, FoundingWish } from '../lib/device/founding.ts';
import { saveDataFolder, type DemoFile } from './demo-folder.ts';
import {
  headOfficeDevice,
  listDevice,
  openHeadOffice,
  type HeadOfficeDocuments,
} from './head-office-documents.ts';
import { foundingWrites } from './shop-founding.ts';
import { addMissing } from './shop-writes.ts';
import type { Station } from './station.ts';
import { browserCode, enrolStation } from './station-enrolment.ts';
import { startStockTeller, type StockTeller } from './stock-teller.ts';

/** The machine of head office in a real shop: blank until a person founds the organization on its first page. */
export class HeadOfficeStation {
  readonly #station: Station;
  readonly #data: string;
  readonly #organization: string;
  #founded: boolean;
  #founding = false;
  #headOffice: HeadOfficeDocuments | undefined;
  #teller: StockTeller | undefined;

  constructor(station: Station, data: string, { organization, founded }: DemoFile) {
    this.#station = station;
    this.#data = data;
    this.#organization = organization;
    this.#founded = founded;
  }

  /** Starts what can run: everything, or, before the founding, the page for it. */
  async start(): Promise<void> {
    await this.#station.startRelay();
    if (this.#founded) {
      const headOffice = await this.#open();
      const trouble = await listDevice(
        headOffice,
        headOfficeDevice(headOffice.key, new Date().toISOString()),
      );
      if (trouble !== undefined) throw new Error(trouble);
      await this.#startPrograms(headOffice);
    }
    await this.#station.startOrigin({
      isFounding: () => !this.#founded,
      found: (wish) => this.#found(wish),
    });
  }

  /** A code for a browser of head office, for whoever is at this machine and has none that works. */
  officeCode(): Promise<Result<string, string>> {
    return browserCode(this.#headOffice, this.#station.spec);
  }

  /** Stops everything. */
  async stop(): Promise<void> {
    this.#teller?.stop();
    await this.#headOffice?.documents.close();
    await this.#station.stop();
  }

  async #found(wish: FoundingWish): Promise<Result<string, FoundingRefusal>> {
    if (this.#founded || this.#founding) {
      return err({ code: 'already-founded', message: 'The shop is there already. Load this page again.' });
    }
    this.#founding = true;
    try {
      const headOffice = await this.#open();
      const trouble = await this.#write(headOffice, wish);
      if (trouble !== undefined) return err({ code: 'not-written', message: trouble });
      await saveDataFolder(this.#data, { organization: this.#organization, founded: true });
      this.#founded = true;
      await this.#startPrograms(headOffice);
      const code = await this.officeCode();
      return code.ok ? ok(code.value) : err({ code: 'not-written', message: code.error });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return err({ code: 'not-written', message });
    } finally {
      this.#founding = false;
    }
  }

  async #write(headOffice: HeadOfficeDocuments, wish: FoundingWish): Promise<string | undefined> {
    const now = new Date().toISOString();
    const salt = randomBytes(24).toString('base64url');
    // Head office first: an organization is never there without a device that may write it.
    const unlisted = await listDevice(headOffice, headOfficeDevice(headOffice.key, now));
    if (unlisted !== undefined) return unlisted;
    for (const write of foundingWrites(this.#organization, wish, now, salt)) {
      const trouble = await addMissing(headOffice.documents, write);
      if (trouble !== undefined) return trouble;
    }
    return undefined;
  }

  async #open(): Promise<HeadOfficeDocuments> {
    if (this.#headOffice) return this.#headOffice;
    const { folder, syncUrl } = { folder: this.#station.folder('relay'), syncUrl: this.#station.syncUrl };
    const opened = await openHeadOffice(folder, this.#organization, syncUrl);
    if (!opened.ok) throw new Error(opened.error);
    this.#headOffice = opened.value;
    return opened.value;
  }

  async #startPrograms(headOffice: HeadOfficeDocuments): Promise<void> {
    await enrolStation(headOffice, this.#station);
    await this.#station.startPrograms();
    this.#teller = startStockTeller(headOffice, this.#station);
  }
}

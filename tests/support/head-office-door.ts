import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { readOrganizationEntry, type OrganizationEntry } from '#model/documents/organization.ts';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import type { Device } from '#model/trust/device.ts';
import {
  codeHash,
  enrol,
  enrolmentRequestSchema,
  invitationCode,
  type Invitation,
} from '#model/trust/invitation.ts';
import { pipeUpgrade } from '../../app/server/web-socket-pipe.ts';
import { DOOR_DEVICE } from './doorkeeper.ts';
import type { WireRelay } from './wire-relay.ts';

/** What an answer to `POST /enrol` may be instead of the model's. */
export type EnrolAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/**
 * The HTTP side of a relay in memory: `/status`, and `/enrol` as head office's relay answers it, by the rules of the model and
 * on the organization document the relay holds. Once a device is enrolled the relay asks everyone for a proof.
 */
export class HeadOfficeDoor {
  readonly #relay: WireRelay;
  readonly #organization: string;
  readonly #server = createServer((request, response) => {
    void this.#serve(request, response);
  });
  #invitations = 0;
  /** What the next askers are told, first come first served. */
  readonly answers: EnrolAnswer[] = [];
  /** Every body that was sent to `/enrol`. */
  readonly asked: unknown[] = [];
  /** Whether the relay is linked with head office. */
  linked = true;
  /** The latest session of each register, as `/status` tells it. */
  sessions: Record<string, number> = {};

  constructor(relay: WireRelay, organization: string) {
    this.#relay = relay;
    this.#organization = organization;
    // The organization has no devices yet: nobody comes in.
    relay.door.devices = new Map();
    this.#server.on('upgrade', (request, socket, head) =>
      pipeUpgrade(request, socket, head, new URL(relay.url.replace(/^ws/, 'http'))),
    );
  }

  /** Listens on a free port; gives its address, `http://127.0.0.1:4711`. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every connection. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    return closed;
  }

  /** The devices of the organization, oldest first. */
  get devices(): readonly Device[] {
    return this.#entries()
      .flatMap((entry) => (entry.kind === 'device' ? [entry.value] : []))
      .sort((a, b) => a.enrolledAt.localeCompare(b.enrolledAt));
  }

  /** Invites; gives the code. `expiresAt` is ten minutes from now when left out. */
  invite(
    wish: Pick<Invitation, 'roles'> & Partial<Pick<Invitation, 'store' | 'register' | 'expiresAt'>>,
  ): string {
    const number = ++this.#invitations;
    const id = number.toString(16).padStart(16, '0');
    const code = invitationCode(new Uint8Array(10).fill(number));
    const now = Date.now();
    const invitation: Invitation = {
      id,
      code: codeHash(id, code),
      name: `Device ${number}`,
      replaces: [],
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + 600_000).toISOString(),
      by: 'mia',
      used: [],
      ...wish,
    };
    this.#write({ [`invitation:${id}`]: canonicalJson(invitation) });
    return code;
  }

  /** Revokes a device, as head office's devices page does. */
  revoke(device: Device, at = new Date().toISOString()): void {
    this.#write({ [`device:${device.id}`]: canonicalJson({ ...device, revokedAt: at }) });
    this.turnAway(device.id, CLOSE_CODES.revoked);
  }

  /** Closes the links with a code, and those of a device from now on. */
  turnAway(device: string, code: number): void {
    this.#relay.door.turnedAway.set(device, code);
    this.#relay.closeAll(code);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#answer(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  async #answer(request: IncomingMessage): Promise<EnrolAnswer> {
    if (request.url?.split('?')[0] === '/status') return { status: 200, body: this.#status() };
    if (request.method !== 'POST' || request.url !== '/enrol') return { status: 404, body: {} };
    const asked: unknown = JSON.parse(await textOf(request));
    this.asked.push(asked);
    return this.answers.shift() ?? this.#enrol(asked);
  }

  #enrol(asked: unknown): EnrolAnswer {
    const request = v.parse(enrolmentRequestSchema, asked);
    const entries = this.#entries();
    const invitations = entries.flatMap((entry) => (entry.kind === 'invitation' ? [entry.value] : []));
    const devices = new Map(this.devices.map((device) => [device.id, device]));
    const enrolled = enrol(request, invitations, devices, new Date().toISOString());
    if (!enrolled.ok) return { status: 403, body: { code: enrolled.error, message: enrolled.error } };
    const { device, invitation, revoked } = enrolled.value;
    this.#write({
      [`device:${device.id}`]: canonicalJson(device),
      [`invitation:${invitation.id}`]: canonicalJson(invitation),
    });
    for (const old of revoked) this.revoke({ ...old });
    this.#relay.door.devices = new Map([...(this.#relay.door.devices ?? []), [device.id, device.key]]);
    const headOffice = { id: DOOR_DEVICE, key: 'A'.repeat(43) };
    return { status: 200, body: { organization: this.#organization, device, headOffice } };
  }

  #status(): Readonly<Record<string, unknown>> {
    const since = '2026-11-21T08:00:00.000Z';
    const state = this.linked ? 'connected' : 'away';
    return {
      enrolled: true,
      documents: 1,
      sessions: this.sessions,
      disk: 'ok',
      peers: this.#relay.peers.flatMap(({ device }) =>
        device
          ? [{ device: device.id, role: device.role, store: device.store, register: device.register, since }]
          : [],
      ),
      targets: [{ url: 'ws://head-office.example/sync', kind: 'hq', state, since }],
    };
  }

  #entries(): readonly OrganizationEntry[] {
    const key: DocumentKey = { class: 'organization' };
    const texts = this.#relay.entries(documentId({ organization: this.#organization, key })) ?? {};
    return Object.entries(texts).map(([entryKey, text]) => {
      const entry = readOrganizationEntry(entryKey, text);
      if (!entry.ok) throw new Error(`${entryKey}: ${entry.error.detail}`);
      return entry.value;
    });
  }

  #write(entries: Readonly<Record<string, string>>): void {
    this.#relay.write(
      documentId({ organization: this.#organization, key: { class: 'organization' } }),
      entries,
    );
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}

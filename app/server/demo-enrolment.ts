import { err, type Result } from '#model/result.ts';
import { codeFor, type HeadOfficeDocuments } from './head-office-documents.ts';
import type { InvitationWish } from '../lib/device/invite.ts';
import type { Station, StationSpec } from './station.ts';

/** Who invites when no person does. */
const BY = 'demo';

/** Makes the programs of a demo machine devices, where they are none yet. Throws a sentence when one was refused. */
export async function enrolStation(
  headOffice: HeadOfficeDocuments,
  station: Station,
  headOfficeUrl: string,
): Promise<void> {
  const program = station.spec.role === 'hq' ? 'reports' : 'relay';
  if (await station.isEnrolled(program)) return;
  const role = program === 'relay' ? 'relay' : 'indexer';
  const code = await codeFor(headOffice, { ...placeOf(station.spec), roles: [role] }, BY);
  if (!code.ok) throw new Error(code.error);
  await station.enrol(program, code.value, headOfficeUrl);
}

/** A code for the browser of a demo machine: a till's is its terminal, head office's a back office. */
export async function browserCode(
  headOffice: HeadOfficeDocuments | undefined,
  spec: StationSpec,
): Promise<Result<string, string>> {
  if (headOffice === undefined) return err('Head office is not up yet. Try again.');
  const role = spec.role === 'hq' ? 'back-office' : 'terminal';
  return codeFor(headOffice, { ...placeOf(spec), roles: [role] }, BY);
}

function placeOf({ name, store, register }: StationSpec): Omit<InvitationWish, 'roles'> {
  return {
    name: register === undefined ? name : `Till ${register.slice(1)}`,
    ...(store === undefined ? {} : { store }),
    ...(register === undefined ? {} : { register }),
  };
}

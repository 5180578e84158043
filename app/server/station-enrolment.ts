import { err, type Result } from '#model/result.ts';
import { codeFor, type HeadOfficeDocuments } from './head-office-documents.ts';
import type { InvitationWish } from '../lib/device/invite.ts';
import { enrolMachine, machineEnrolment } from './machine-enrolment.ts';
import type { Station, StationSpec } from './station.ts';

/** Who invites when no person does. */
const BY = 'station';

/**
 * Makes the program of a machine that head office's own machine set up a device, where it is none yet: the indexer of head
 * office, the relay of a till. Throws a sentence when that failed.
 */
export async function enrolStation(headOffice: HeadOfficeDocuments, station: Station): Promise<void> {
  const program = station.spec.role === 'hq' ? 'reports' : 'relay';
  const folder = station.folder(program);
  const known = await machineEnrolment(folder);
  if (!known.ok) throw new Error(known.error);
  if (known.value !== undefined) return;
  const role = program === 'relay' ? 'relay' : 'indexer';
  const enrolled = await enrolMachine(headOffice, folder, { ...placeOf(station.spec), role });
  if (!enrolled.ok) throw new Error(`The ${program} of ${station.spec.name}: ${enrolled.error}`);
}

/** A code for the browser of a machine: a till's is its terminal, head office's a back office. */
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

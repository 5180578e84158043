import * as v from 'valibot';
import { registerIdSchema, type RegisterId } from '#model/ids/register-id.ts';
import { MAX_DRAWERS, type NamedDrawer } from '#model/register/drawer-number.ts';

/** The drawers of the setting as a person types them: a name on each line, behind the register it is for alone. */
export function drawerLines(drawers: readonly NamedDrawer[]): string {
  return drawers
    .map(({ name, register }) => (register === undefined ? name : `${register}: ${name}`))
    .join('\n');
}

/** The drawers somebody typed; undefined where a name is too long or there twice, or a register would have too many. */
export function readDrawerLines(text: string): NamedDrawer[] | undefined {
  const drawers = text
    .split('\n')
    .map((line) => line.trim().normalize('NFC'))
    .filter((line) => line !== '')
    .map(readLine);
  const places = new Set(drawers.map(({ register }) => register));
  const fits = [...places].every((place) => fitsRegister(drawers, place));
  return fits && drawers.every(({ name }) => name.length >= 1 && name.length <= 40) ? drawers : undefined;
}

function readLine(line: string): NamedDrawer {
  const [, register = '', name = ''] = /^(R\d+)\s*:\s*(.*)$/i.exec(line) ?? [];
  const id = register.toUpperCase();
  const read = v.safeParse(registerIdSchema, id);
  return read.success ? { name, register: read.output } : { name: line };
}

function fitsRegister(drawers: readonly NamedDrawer[], place: RegisterId | undefined): boolean {
  const own = drawers.filter(({ register }) => register === undefined || register === place);
  return own.length <= MAX_DRAWERS && new Set(own.map(({ name }) => name)).size === own.length;
}

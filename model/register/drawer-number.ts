import * as v from 'valibot';
import type { RegisterId } from '../ids/register-id.ts';
import { assert } from '../result.ts';

/** How many drawers a register has at most: a receipt printer kicks two, one on either pin of its connector. */
export const MAX_DRAWERS = 2;

/** Which drawer of a register a record is about (rule R14); the first is not said. */
export const drawerNumberSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(2), v.maxValue(9));

/** What a drawer is called, at most 40 characters. */
export const drawerNameSchema = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(40));

/** A drawer as the setting names it; without `register` every register of the store has it. */
export type NamedDrawer = { readonly name: string; readonly register?: RegisterId | undefined };

/** The names of the drawers a register has by the setting `drawers`, in their order (rule R14); none says it has the one every register has. */
export function drawersOfRegister(setting: readonly NamedDrawer[], register: RegisterId): readonly string[] {
  const names = setting.filter((one) => one.register === undefined || one.register === register);
  return names.length < 2 ? [] : names.slice(0, MAX_DRAWERS).map(({ name }) => name);
}

/** The number of the drawer a record is about, from 1 (rule R14). */
export function drawerOf({ drawer = 1 }: { readonly drawer?: number | undefined }): number {
  return drawer;
}

/** How a record of a session with that many drawers says which one it is about (rule R14). */
export function drawerMember(drawers: number, drawer = 1): { readonly drawer?: number } {
  assert(drawer >= 1 && drawer <= Math.max(1, drawers), () => `there is no drawer ${drawer} of ${drawers}`);
  return drawer === 1 ? {} : { drawer };
}

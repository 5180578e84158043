import type { RegisterId, StoreId } from '#model/ids/register-id.ts';

/**
 * The name of the note that holds the record being written, and afterwards the last one that this browser could not keep: until it is
 * among the documents here, a start must not give its number a second time.
 */
export function recordNote(
  organization: string,
  { store, register }: { readonly store: StoreId; readonly register: RegisterId },
): string {
  return `record:${organization}:${store}-${register}`;
}

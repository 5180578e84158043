import { readCustomerEntry } from '#model/customers/customer-entries.ts';
import { customerShard } from '#model/customers/customer.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { EntryRefusal } from './read-record.ts';
import type { Statements } from './statements.ts';

/** Takes every customer of a shard out. */
export function clearCustomers(statements: Statements, shard: number): void {
  statements.deleteCustomers.run(shard);
  statements.deleteAllCustomerTerms.run(shard);
}

/** Takes out what one entry of a shard said. */
export function clearCustomer(statements: Statements, shard: number, entry: string): void {
  const [noun, id = '', group] = entry.split(':');
  if (noun !== 'customer') return;
  if (group === 'profile') statements.deleteCustomer.run(shard, id);
  if (group === 'terms') statements.deleteCustomerTerms.run(shard, id);
}

/** Puts a group of a customer's fields into its table (rules U1 and U2). */
export function putCustomer(
  statements: Statements,
  shard: number,
  key: string,
  text: string,
): Result<true, EntryRefusal> {
  const read = readCustomerEntry(key, text);
  if (!read.ok) return read;
  const entry = read.value;
  if (entry.kind === 'audit') return ok(true);
  const own = customerShard(entry.id);
  if (own !== shard)
    return err({ code: 'wrong-shard', detail: `the customer belongs to shard ${own}, not to ${shard}` });
  if (entry.kind === 'profile') {
    const { name, company, phone, email } = entry.value;
    statements.putCustomer.run(shard, entry.id, name, company ?? null, phone ?? null, email ?? null);
  } else {
    const { tier, taxFree, accountLimit, active } = entry.value;
    statements.putCustomerTerms.run(
      shard,
      entry.id,
      tier ?? null,
      taxFree?.certificate ?? null,
      accountLimit ?? null,
      active ? 1 : 0,
    );
  }
  return ok(true);
}

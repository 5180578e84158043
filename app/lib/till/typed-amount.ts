import { mostGiven, parseAmount, type AmountRefusal, type Minor } from '#model/money/money.ts';
import { ok, type Result } from '#model/result.ts';

/**
 * Reads what was typed where `usual` minor units are offered and `due` are owed in all: an empty field stands for what is offered,
 * however much that is (rule Y4).
 */
export function amountOrUsual(
  text: string,
  usual: Minor,
  currency: string,
  due: Minor = usual,
): Result<Minor, AmountRefusal> {
  return text.trim() === '' ? ok(usual) : parseAmount(text, currency, mostGiven(due));
}

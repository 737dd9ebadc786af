import { confirmed, mustBeAbleToAsk } from '../terminal/confirm.ts';
import type { Output } from '../terminal/output.ts';

/** A pattern that matches more connectors may be a slip of the hand. */
const MANY = 10;

/** Asks before a command works on many connectors, unless `yes`. Resolves with whether it may. Throws CONFIG_INVALID if nobody can be asked. */
export async function mayWorkOn(names: readonly string[], command: string, yes: boolean, output: Output): Promise<boolean> {
  if (yes || names.length <= MANY) return true;
  mustBeAbleToAsk(`${command} of ${names.length} connectors`, false);
  if (await confirmed(`${command} ${names.length} connectors: ${names.join(', ')}? [y/N] `, 'nothing was changed')) return true;
  output.note('nothing was changed');
  return false;
}

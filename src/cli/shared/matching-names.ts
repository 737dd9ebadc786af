import { ConnectError } from '../../api/index.ts';
import type { ConnectorSummary, Planner } from '../../runtime/planner-api.ts';
import { ask } from '../terminal/failures.ts';

/**
 * Returns the names, and for each pattern (`orders-*`) the names of the connectors that it matches, each once. Throws NOT_FOUND where a
 * pattern matches none.
 */
export async function matchingNames(planner: Planner, given: readonly string[]): Promise<string[]> {
  if (!given.some(isPattern)) return [...new Set(given)];
  const known = (await ask<ConnectorSummary[]>(planner, { action: 'list' })).map(({ name }) => name);
  const names = given.flatMap((text) => {
    if (!isPattern(text)) return [text];
    const matching = known.filter(matcher(text));
    if (matching.length > 0) return matching;
    throw new ConnectError('NOT_FOUND', `no connector matches ${JSON.stringify(text)}; nothing was changed`, {
      remedy: 'see `rocketmq-connect list`',
    });
  });
  return [...new Set(names)];
}

const isPattern = (text: string): boolean => text.includes('*');

function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[^A-Za-z0-9_-]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (name) => expression.test(name);
}

import type { PeekedMessage } from '../../rocketmq/peeked-message.ts';
import { styled } from '../terminal/output.ts';
import { factsOf } from './message.ts';

/** Returns a message in a few lines: place and time, key, headers, value. */
export function renderPeeked(message: PeekedMessage): string {
  const { queue, offset, storedAt, sourceKey } = message;
  const head = [`${storedAt}  queue ${queue} offset ${offset}`, ...(sourceKey === undefined ? [] : [sourceKey])].join('  ');
  return [styled('bold', head), ...factsOf(message).map(([name, shown]) => `  ${name}: ${shown}`)].join('\n');
}

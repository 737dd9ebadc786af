import type { PeekedMessage } from '../../rocketmq/peeked-message.ts';
import { styled } from '../terminal/output.ts';
import { factsOf, oneLine } from './message.ts';

/** Returns a message in a few lines: place and time, key, headers, value. */
export function renderPeeked(message: PeekedMessage): string {
  const { queue, offset, storedAt, sourceKey } = message;
  const head = [`${storedAt}  queue ${queue} offset ${offset}`, ...(sourceKey === undefined ? [] : [sourceKey])].join('  ');
  return [styled('bold', head), ...[...refusalOf(message), ...factsOf(message)].map(([name, shown]) => `  ${name}: ${shown}`)].join('\n');
}

/** Returns why the message is a dead letter, if it is one. */
function refusalOf({ properties }: PeekedMessage): Array<readonly [name: string, text: string]> {
  const parts = [
    ['code', 'connect-error-code'],
    ['reason', 'connect-error-reason'],
    ['without', 'connect-error-omitted'],
  ] as const;
  return parts.flatMap(([name, property]) => {
    const text = properties[property];
    return text === undefined ? [] : [[name, oneLine(text)] as const];
  });
}

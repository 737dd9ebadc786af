import type { Fate } from '../../runtime/source/read-sample.ts';
import type { SampledMessage } from '../target/sample-connector.ts';
import { styled } from '../terminal/output.ts';
import { factsOf } from './message.ts';

const FATES: Readonly<Record<Fate, string>> = {
  stops: 'its partition stops before it',
  'dead letter': 'it becomes a dead letter',
  'passed over': 'the next run skips it, as you asked',
};

/** Returns an unsent message in a few lines: place at the source, topic and queue, key, headers, value. */
export function renderSampled(message: SampledMessage): string {
  const { task, place, topic, queue, sourceKey, refused } = message;
  const to = `task ${task}  topic ${topic}${queue === undefined ? '' : ` queue ${queue}`}`;
  const head = [place, to, ...(sourceKey === undefined ? [] : [sourceKey])].join('  ');
  const why =
    refused === undefined ? [] : [['refused', [refused.reason, ...(refused.fate ? [FATES[refused.fate]] : [])].join('; ')] as const];
  return [styled('bold', head), ...[...why, ...factsOf(message)].map(([name, shown]) => `  ${name}: ${shown}`)].join('\n');
}

import type * as z from 'zod';
import { choice, flag, integer, milliseconds, section } from './options.ts';
import { topicName } from './rocketmq-topic.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const errorsOptions = {
  tolerance: choice(['fail', 'dead-letter'], {
    description:
      'What becomes of a record that RocketMQ (of a source) or the target (of a sink) refuses for good, for instance because it is too large: the task fails at it, or the record goes to the dead-letter topic with the reason. It is never dropped.',
  }).default('fail'),
  deadLetterTopic: topicName('Topic for records that were refused. Required with `tolerance: dead-letter`.', true).exactOptional(),
  maxFailures: integer({
    description: 'Failed runs in a row after which the task is FAILED and waits for `resume`.',
    unit: 'runs',
    min: 1,
    max: 100_000,
  }).default(20),
  backoffMs: milliseconds({
    description: 'Pause after the first failed run; doubles with each further one.',
    min: SECOND,
    max: 60 * MINUTE,
  }).prefault(30 * SECOND),
  maxBackoffMs: milliseconds({ description: 'Longest pause.', min: SECOND, max: 24 * 60 * MINUTE }).prefault(15 * MINUTE),
};

const parkingOptions = {
  parkKeys: flag({
    description:
      'Of a sink: once a record of a key became a dead letter, later records of its key in the same queue become dead letters, too, so that a redrive overwrites nothing newer. The key is the ordering key of a FIFO topic, else the key. Needs `tolerance: dead-letter`. Absent: off.',
  }).exactOptional(),
};

const whenItFails = { description: 'What happens when a run fails or a record is refused.' };

/** By the direction of the connector. */
export const errorsSections = {
  source: section(errorsOptions, whenItFails).superRefine(refineErrors).prefault({}),
  sink: section({ ...errorsOptions, ...parkingOptions }, whenItFails)
    .superRefine(refineErrors)
    .prefault({}),
};

interface Errors {
  readonly tolerance: 'fail' | 'dead-letter';
  readonly deadLetterTopic?: string;
  readonly parkKeys?: boolean;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

function refineErrors({ tolerance, deadLetterTopic, parkKeys, backoffMs, maxBackoffMs }: Errors, context: z.core.$RefinementCtx): void {
  const issue = (path: string, message: string, remedy: string) =>
    context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
  if (tolerance === 'dead-letter' && deadLetterTopic === undefined) {
    issue('deadLetterTopic', 'missing, but errors.tolerance is dead-letter', 'name the topic, or set errors.tolerance to fail');
  }
  if (tolerance === 'fail' && deadLetterTopic !== undefined) {
    issue('deadLetterTopic', 'has no effect while errors.tolerance is fail', 'set errors.tolerance to dead-letter or remove it');
  }
  if (parkKeys && tolerance === 'fail') {
    issue('parkKeys', 'has no effect while errors.tolerance is fail', 'set errors.tolerance to dead-letter or remove it');
  }
  if (maxBackoffMs < backoffMs) {
    issue('maxBackoffMs', `is ${maxBackoffMs}, less than errors.backoffMs (${backoffMs})`, 'raise it or lower errors.backoffMs');
  }
}

export type ErrorsSpec = Readonly<z.output<typeof errorsSections.sink>>;

import type { z } from 'zod';
import { issueIn } from '../../config/issue.ts';
import { choice, integer, milliseconds, section, text } from '../../config/options.ts';
import { refineSinkOptions, sinkOptions } from '../../config/sink-options.ts';
import { FUNCTION_NAME, parseFunctionName } from './function-name.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

const { delivery: _delivery, ...queueOptions } = sinkOptions;

/** The `sink` section of a file of type lambda-sink. */
export const lambdaSinkConfig = section(
  {
    // A deployment reads both without resolving references, to give the functions' roles the right to invoke this one function.
    function: text({
      description:
        'Function that gets the records: its name, or its ARN where it is in another account or region. A version or an alias may stand behind it.',
      pattern: FUNCTION_NAME,
      expects: 'a name like orders, or an ARN, with or without :VERSION or :ALIAS',
      literal: true,
      example: 'orders:prod',
    }),
    region: text({
      description: "Region of the function. Absent: that of the ARN, else `AWS_REGION`, which is a deployment's own region.",
      pattern: /^[a-z]{2,}(-[a-z]+)+-\d+$/,
      expects: 'a region like eu-central-1',
      literal: true,
      example: 'eu-central-1',
    }).exactOptional(),
    batchSize: integer({
      description:
        'Most records of one invocation. One holds fewer where the queue has no more, or where the event would pass the 6 MB that Lambda takes.',
      unit: 'none',
      min: 1,
      max: 1_000,
    }).default(100),
    maxAttempts: integer({
      description:
        'How often the function gets a record that it fails on, in one run, before the record is refused: alone, or as the first that its answer names. Attempts of a batch, which is halved, do not count.',
      unit: 'none',
      min: 1,
      max: 100,
    }).default(3),
    maxRecordAgeMs: milliseconds({
      description:
        'A record that a broker of RocketMQ stored longer ago is refused instead of being sent to the function. Absent: records of any age are sent.',
      min: MINUTE_MS,
      max: WEEK_MS,
    }).exactOptional(),
    requestTimeoutMs: milliseconds({
      description: "Time for the function to answer: longer than the function's own timeout.",
      min: 1_000,
      max: 15 * MINUTE_MS,
    }).prefault(4 * MINUTE_MS),
    delivery: choice(['at-least-once'], {
      description:
        '`at-least-once`: records may be handed over again after a failure. `shared` is not for this sink: its events tell the function a partition and an offset, which count up only where one task reads a queue. Default: `at-least-once`.',
    }).exactOptional(),
    ...queueOptions,
  },
  { description: 'The function.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  const { region } = parseFunctionName(config.function);
  if (region !== undefined && config.region !== undefined && region !== config.region)
    issue(['region'], `${config.region}, but sink.function is in ${region}`, 'leave sink.region out');
  refineSinkOptions(config, issue);
});

export type LambdaSinkConfig = z.output<typeof lambdaSinkConfig>;

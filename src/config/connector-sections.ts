import { integer, text } from './options.ts';

/**
 * The options that every connector has, whatever its type. Defaults and bounds are stated here and nowhere else. Those of the other sections
 * are in `trigger-section.ts`, `rocketmq-sections.ts`, `batch-section.ts` and `errors-sections.ts`.
 */

export const connectorName = text({
  description: 'Names the connector; part of the key of every message it sends.',
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,63}$/,
  expects: 'a name: up to 64 letters, digits, _, - and dots, starting with a letter',
  literal: true,
  example: 'flights',
});

export const maxTasks = integer({
  description: 'Tasks at most. Each runs as its own function invocation; there are never more than partitions.',
  unit: 'tasks',
  min: 1,
  max: 10_000,
}).default(1);

import type { z } from 'zod';
import { issueIn } from './issue.ts';
import { patternProblem } from './linear-pattern.ts';
import { list, text } from './options.ts';
import { hasReference } from './references.ts';
import { topicName } from './rocketmq-topic.ts';
import { TOPIC_OPTIONS, type TopicSelection } from './selected-topics.ts';

/** Options of the `rocketmq` section of a sink that stand in the place of `topic`. */
export const selectionOptions = {
  topics: list(topicName('Topics to copy.'), {
    description: 'Sinks only: topics to copy. Give one of `topic`, `topics` and `topicsPattern`.',
    example: ['orders', 'payments'],
  }).exactOptional(),
  topicsPattern: text({
    description:
      "Sinks only: regular expression, in RE2's syntax, that the whole name of a topic must match for it to be copied. RocketMQ's own topics, those of consumer groups for retries and dead letters, `errors.deadLetterTopic` and topics of other namespaces never match. Topics that come later are found by the next plan. Give one of `topic`, `topics` and `topicsPattern`.",
    example: 'orders-.*',
  }).exactOptional(),
  excludeTopicsPattern: text({
    description: 'Sinks only: topics whose whole name matches this regular expression are left out of those that `topicsPattern` selects.',
    example: '.*-(dlq|retry)',
  }).exactOptional(),
};

/** The rules for them that one option alone does not show. */
export function refineSelection(selection: TopicSelection, context: z.core.$RefinementCtx): void {
  const issue = issueIn(context);
  const { topicsPattern, excludeTopicsPattern } = selection;
  const [first, ...others] = TOPIC_OPTIONS.filter((option) => selection[option] !== undefined);
  if (first === undefined) {
    issue(['topic'], 'missing', 'set it to the name of a topic, or set rocketmq.topics or rocketmq.topicsPattern');
  }
  for (const other of others) issue([other], `given together with rocketmq.${first}`, 'remove one of them');
  if (excludeTopicsPattern !== undefined && topicsPattern === undefined) {
    issue(['excludeTopicsPattern'], 'given without rocketmq.topicsPattern', 'remove it');
  }
  for (const [option, pattern] of Object.entries({ topicsPattern, excludeTopicsPattern })) {
    const problem = pattern === undefined || hasReference(pattern) ? undefined : patternProblem(pattern);
    if (problem !== undefined) issue([option], problem, 'correct the regular expression');
  }
}

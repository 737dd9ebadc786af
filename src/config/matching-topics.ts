import { ConnectError } from '../api/index.ts';
import { patternProblem, wholeMatcher } from './linear-pattern.ts';
import type { TopicSelection } from './selected-topics.ts';

/**
 * Returns which of these topics the patterns select, by name; never `deadLetterTopic`, or a sink would copy what it could not copy. Throws
 * CONFIG_INVALID for a pattern that is none, as what a reference stands for may be.
 */
export function matchingTopics(
  names: readonly string[],
  { topicsPattern = '', excludeTopicsPattern }: TopicSelection,
  deadLetterTopic: string | undefined,
): string[] {
  const wanted = matcher('topicsPattern', topicsPattern);
  const unwanted = excludeTopicsPattern === undefined ? () => false : matcher('excludeTopicsPattern', excludeTopicsPattern);
  return names.filter((name) => name !== deadLetterTopic && wanted(name) && !unwanted(name)).toSorted();
}

function matcher(option: string, pattern: string): (text: string) => boolean {
  const problem = patternProblem(pattern);
  if (problem === undefined) return wholeMatcher(pattern);
  throw new ConnectError('CONFIG_INVALID', `rocketmq.${option}: ${problem}`, { remedy: 'correct the regular expression' });
}

/** Which topics a sink reads: exactly one of the first three is there. A source has `topic`. Light: task functions load it. */
export interface TopicSelection {
  readonly topic?: string;
  readonly topics?: readonly string[];
  readonly topicsPattern?: string;
  readonly excludeTopicsPattern?: string;
}

export const TOPIC_OPTIONS = ['topic', 'topics', 'topicsPattern'] as const;

/** Names the option that says which topics there are: `rocketmq.topics`. */
export const selectionOption = (selection: TopicSelection): string =>
  `rocketmq.${TOPIC_OPTIONS.find((option) => selection[option] !== undefined) ?? 'topic'}`;

/** The topics that a selection names, each once; none for a pattern. */
export const namedTopics = ({ topic, topics = [] }: TopicSelection): string[] => [...new Set(topic === undefined ? topics : [topic])];

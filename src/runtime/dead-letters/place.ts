import { ConnectError } from '../../api/index.ts';

/** A message of the dead-letter topic. */
export interface LetterPlace {
  /** The name of its queue, `topic:broker:queue`. */
  readonly queue: string;
  readonly offset: number;
}

/** Returns the name by which a user means one dead letter: `broker-a:3@17`. */
export const placeText = ({ queue, offset }: LetterPlace): string => `${queue.slice(queue.indexOf(':') + 1)}@${offset}`;

/** Reads such a name, with or without the topic in front. Throws CONFIG_INVALID for another text, NOT_FOUND for a queue that the topic does not have. */
export function parsePlace(text: string, topic: string, queues: readonly string[]): LetterPlace {
  const [, name, offset] = /^(.+:\d+)@(\d{1,15})$/.exec(text) ?? [];
  if (name === undefined) {
    throw new ConnectError('CONFIG_INVALID', `place: ${JSON.stringify(text)} is no place of a dead letter`, {
      remedy: 'name it as `dlq list` does: broker, queue and offset, such as broker-a:3@17',
    });
  }
  const queue = name.startsWith(`${topic}:`) ? name : `${topic}:${name}`;
  if (!queues.includes(queue)) {
    throw new ConnectError('NOT_FOUND', `place: topic ${topic} has no queue ${name} that may be read`, {
      remedy: `see \`dlq list\` for the places there are`,
    });
  }
  return { queue, offset: Number(offset) };
}

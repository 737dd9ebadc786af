import { text } from './options.ts';

/** An option that is the name of a topic of RocketMQ. */
export const topicName = (description: string, literal = false) =>
  text({
    description,
    pattern: /^[%|A-Za-z0-9_-]{1,127}$/,
    expects: 'the name of a topic: up to 127 letters, digits, _, -, % and |',
    example: 'flights',
    literal,
  });

import { hashText } from '../../kit/index.ts';

/** The consumer group of a sink, without namespace. RocketMQ has no dots in the names of groups. The hash keeps `a.b` and `a_b` apart. */
export const groupOf = (connector: string): string =>
  connector.includes('.')
    ? `connect-${connector.replaceAll('.', '_')}-${hashText(connector).toString(16).padStart(8, '0')}`
    : `connect-${connector}`;

import { hashText } from '../../kit/index.ts';

/** The consumer group of a sink, without namespace. RocketMQ has no dots in the names of groups. The hash keeps `a.b` and `a_b` apart. */
export const groupOf = (connector: string): string =>
  connector.includes('.')
    ? `connect-${connector.replaceAll('.', '_')}-${hashText(connector).toString(16).padStart(8, '0')}`
    : `connect-${connector}`;

/** The same for one whose tasks share its queues: the configuration may name a group that was made for it. */
export const sharedGroupOf = (connector: string, { group }: { readonly group?: string }): string => group ?? groupOf(connector);

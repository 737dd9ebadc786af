import type { Finding } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';

/** This machine, at the start of an address, or after a scheme, a user or another address. */
const OWN = /(?:^|[/@,;\s])(localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)(?=[:/,;?\s]|$)/i;

/**
 * Finds options that name this machine. If tasks run as functions, such an address means the function itself, and nothing listens there.
 */
export function ownAddresses({ direction, system, rocketmq }: ConnectorSpec): Finding[] {
  const options = [
    ...Object.entries(system).map(([name, value]) => [`${direction}.${name}`, value]),
    ['rocketmq.endpoints', rocketmq.endpoints],
  ];
  return options.flatMap(([option, value]) => {
    const address = textsIn(value)
      .map((text) => OWN.exec(text)?.[1])
      .find((found) => found !== undefined);
    return address === undefined ? [] : [finding(option as string, address)];
  });
}

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const finding = (option: string, address: string): Finding => ({
  level: 'warning',
  code: 'UNREACHABLE',
  option,
  message: `in a function on AWS, ${address} is the function itself, not this machine`,
  remedy: 'set an address that the functions on AWS can reach, or use --target local',
});

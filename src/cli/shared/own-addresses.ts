import type { Finding } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';

/** This machine, at the beginning of an address, or behind a scheme, a user or another address. */
const OWN = /(?:^|[/@,;\s])(localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)(?=[:/,;?\s]|$)/i;

/** Finds options that name this machine. Where tasks run as functions, such an address is the function itself, and nothing listens there. */
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
  message: `${address} is the function itself there, not this machine`,
  remedy: 'name an address that the functions on AWS reach, or use --target local',
});

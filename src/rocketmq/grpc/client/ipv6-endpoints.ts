import { Endpoints } from 'rocketmq-client-nodejs';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { hostPort } from '../../../kit/index.ts';

/** A host that contains a colon is an IPv6 address: no other kind of host may have one. */
const isIpv6 = (host: string): boolean => host.includes(':');

/**
 * Corrects what RocketMQ's client has read from `address` (`[v6]:port`): it parts an address at its colons. Other addresses stay as they
 * are. The client has given the object to its parts, so that it changes in place.
 */
export function correctIpv6(endpoints: Endpoints, address: string): void {
  const { host = '', port = 0 } = hostPort(address) ?? {};
  if (!isIpv6(host)) return;
  Object.assign(endpoints, new Endpoints({ scheme: definition.AddressScheme.IPV6, addressesList: [{ host, port }] }), { facade: address });
}

/** Returns the addresses for grpc-js, which takes those of IPv6 in brackets. The client leaves them out. */
export const targetOf = ({ addressesList }: Endpoints): string =>
  addressesList.map(({ host, port }) => `${isIpv6(host) ? `[${host}]` : host}:${port}`).join(',');

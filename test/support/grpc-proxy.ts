import type { StackAddresses } from '../../infra/local/stack.ts';

/** How a proxy reaches its brokers: it is inside one, or a process of its own before them. */
export type ProxyMode = 'local' | 'cluster';

/** `host:port` of the gRPC port of the stack's proxy in this mode. */
export const grpcProxy = ({ rocketmqGrpc, rocketmqClusterGrpc }: StackAddresses, mode: ProxyMode): string =>
  mode === 'local' ? rocketmqGrpc : rocketmqClusterGrpc;

import type { VendorInternals } from '../../../kit/vendor-internals.ts';

/** docs/architecture.md says what RocketMQ's client should offer instead. */
export const clientInternals: VendorInternals = {
  package: 'rocketmq-client-nodejs',
  version: '1.0.8',
  members: {
    Client: {
      ...{ rpcClientManager: 'object', getRequestMetadata: 'function', endpoints: 'object', topicRouteCache: 'object' },
      ...{ updateRoutes: 'function', sleep: 'function', onUnknownCommand: 'function', createTelemetryStream: 'function' },
    },
    SimpleConsumer: { getRouteData: 'function', wrapReceiveMessageRequest: 'function', wrapHeartbeatRequest: 'function' },
    Channels: {
      queryRoute: 'function',
      heartbeat: 'function',
      telemetry: 'function',
      notifyClientTermination: 'function',
      close: 'function',
    },
  },
};

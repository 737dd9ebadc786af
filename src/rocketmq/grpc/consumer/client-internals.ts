import type { VendorInternals } from '../../../kit/vendor-internals.ts';

/** docs/architecture.md says what the client should offer instead. */
export const clientInternals: VendorInternals = {
  package: 'rocketmq-client-nodejs',
  version: '1.0.8',
  members: {
    SimpleConsumer: {
      ...{ rpcClientManager: 'object', getRouteData: 'function', wrapReceiveMessageRequest: 'function', wrapHeartbeatRequest: 'function' },
      ...{ updateRoutes: 'function', sleep: 'function', createTelemetryStream: 'function', onUnknownCommand: 'function' },
    },
  },
};

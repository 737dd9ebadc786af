import type { VendorInternals } from '../../../kit/vendor-internals.ts';

/** docs/architecture.md says what grpc-js should offer instead. */
export const grpcInternals: VendorInternals = {
  package: '@grpc/grpc-js',
  version: '1.14.7',
  members: {
    ChannelCredentials: { _isSecure: 'function', _equals: 'function', _createSecureConnector: 'function' },
    SecureConnector: { connect: 'function', waitForReady: 'function', getCallCredentials: 'function', destroy: 'function' },
  },
};

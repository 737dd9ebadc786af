import type { PackagePatches } from './patch-plugin.ts';

/** The RocketMQ client inside a bundle: no native module, no file read at import, no logger and loader that are never used. */
export const rocketmqPatches: PackagePatches = {
  name: 'rocketmq-client-nodejs',
  replacements: [
    {
      file: 'dist/client/UserAgent.js',
      find: `JSON.parse((0, node_fs_1.readFileSync)(node_path_1.default.join(__dirname, '../../package.json'), 'utf-8')).version`,
      replace: `require('../../package.json').version`,
    },
  ],
  stubs: {
    // A binary for the machine that builds would not run on the function's processor.
    '@node-rs/crc32': `export { crc32 } from 'node:zlib';`,
    // Writes below the home directory, which a function can't; the project always passes its own logger.
    'egg-logger': `export class EggLogger { constructor() { throw new Error('pass a logger to the RocketMQ client'); } }`,
  },
};

/** gRPC's own administration services, which nothing here offers, would bring a parser for .proto files. */
export const grpcPatches: PackagePatches = {
  name: '@grpc/grpc-js',
  replacements: [],
  stubs: {
    '@grpc/proto-loader': `export function loadSync() { throw new Error('channelz and ORCA are not bundled'); }`,
  },
};

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import type { SlimPackage } from './slim-package.ts';

/** What RocketMQ's own client brings and we never use, or what Node has by itself. */
export const rocketmqClient: SlimPackage = {
  name: 'rocketmq-client-nodejs',
  stubs: {
    '@node-rs/crc32': `export { crc32 } from 'node:zlib';`,
    // We give a logger to each client.
    'egg-logger': 'export class EggLogger {}',
  },
};

/** It reads .proto files, which we do not do. */
export const grpcJs: SlimPackage = { name: '@grpc/grpc-js', stubs: { '@grpc/proto-loader': 'export default {};' } };

const home = path.resolve(import.meta.dirname, '../../../node_modules/rocketmq-client-nodejs');
const READS_VERSION = /const VERSION = JSON\.parse\(.*\)\.version;/;

/** The client reads its own `package.json` at import, which is not there in a bundle. */
export const rocketmqVersion: Plugin = {
  name: 'version of rocketmq-client-nodejs',
  setup(build) {
    build.onLoad({ filter: /rocketmq-client-nodejs[\\/]dist[\\/]client[\\/]UserAgent\.js$/ }, async ({ path: file }) => {
      const { version } = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8')) as { version: string };
      const text = await readFile(file, 'utf8');
      const contents = text.replace(READS_VERSION, `const VERSION = ${JSON.stringify(version)};`);
      if (contents !== text) return { contents };
      return { errors: [{ text: 'rocketmq-client-nodejs no longer reads its version as before: check its new version' }] };
    });
  },
};

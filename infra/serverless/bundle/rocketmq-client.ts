import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import type { SlimPackage } from './slim-package.ts';

const home = path.resolve(import.meta.dirname, '../../../node_modules/rocketmq-client-nodejs');

/** RocketMQ's client, which only `rocketmq.protocol: grpc` loads, without what we never use. */
export const rocketmqClient: SlimPackage = {
  name: 'rocketmq-client-nodejs',
  stubs: {
    // It writes files under the home directory. Our logger is given to the client.
    'egg-logger': 'export class EggLogger { constructor() { throw new Error("give the client a logger"); } }',
    // A binary of this machine's processor. Node has the same function.
    '@node-rs/crc32': `export { crc32 } from 'node:zlib';`,
  },
};

const READS_VERSION = /JSON\.parse\(\(0, node_fs_1\.readFileSync\)\([^;]*\)\.version;/;

/** Puts the client's version into it. It reads its package.json when it is loaded, which a bundle does not have. */
export const rocketmqClientVersion: Plugin = {
  name: "version of RocketMQ's client",
  setup(build) {
    build.onLoad({ filter: /[\\/]client[\\/]UserAgent\.js$/ }, async ({ path: file }) => {
      if (!file.startsWith(home)) return undefined;
      const [source, manifest] = await Promise.all([readFile(file, 'utf8'), readFile(path.join(home, 'package.json'), 'utf8')]);
      const { version } = JSON.parse(manifest) as { readonly version: string };
      if (!READS_VERSION.test(source)) return { errors: [{ text: 'rocketmq-client-nodejs no longer reads its version here: check it' }] };
      return { contents: source.replace(READS_VERSION, `${JSON.stringify(version)};`) };
    });
  },
};

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import type { SlimPackage } from './slim-package.ts';

/** DynamoDB's client keeps endpoints that it discovers, which it does only where an environment variable says so. A map can keep those. */
export const awsEndpoints: SlimPackage = {
  name: '@aws-sdk/endpoint-cache',
  stubs: {
    'mnemonist/lru-cache': `export default class extends Map {
      constructor() { super(); }
      peek(key) { return this.get(key); }
    }`,
  },
};

const protocols = path.resolve(import.meta.dirname, '../../../node_modules/@aws-sdk/core/dist-es/submodules/protocols');

/** DynamoDB's client takes its protocol from an index of all of AWS's protocols, which would be loaded with it: others need them. */
export const awsProtocol: SlimPackage = {
  name: '@aws-sdk/client-dynamodb',
  stubs: {
    '@aws-sdk/core/protocols': `export { AwsJson1_0Protocol } from ${JSON.stringify(path.join(protocols, 'json/AwsJson1_0Protocol.js'))};`,
  },
};

/** The same holds for how it reads and writes items. */
export const awsCodec: SlimPackage = {
  name: '@aws-sdk/dynamodb-codec',
  stubs: {
    '@aws-sdk/core/protocols': `export {
      JsonCodec, JsonCodec2, JsonShapeDeserializer, JsonShapeDeserializer2, JsonShapeSerializer, JsonShapeSerializer2,
    } from '@smithy/core/protocols';`,
  },
};

const clients = path.resolve(import.meta.dirname, '../../../node_modules/@aws-sdk') + path.sep;

/** Each client bundles its whole package.json and reads its version from there. This leaves nothing else in it. */
export const awsVersions: Plugin = {
  name: 'versions of AWS clients',
  setup(build) {
    build.onLoad({ filter: /[\\/]package\.json$/ }, async ({ path: file }) => {
      if (!file.startsWith(clients)) return undefined;
      const { version } = JSON.parse(await readFile(file, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

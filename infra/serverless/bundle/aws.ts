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

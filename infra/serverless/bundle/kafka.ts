import type { SlimPackage } from './slim-package.ts';

/** Without what we never use, the Kafka client loads in 15 ms instead of 360 ms. */
export const kafka: SlimPackage = {
  name: '@platformatic/kafka',
  stubs: {
    // This compiles 38 schemas at import, to check the options of clients made with `strict: true`.
    'ajv/dist/2020.js': `export class Ajv2020 {
      addKeyword() {}
      compile() {
        return () => { throw new Error('checks of a strict Kafka client are not bundled: drop strict'); };
      }
    }`,
    // The module itself reads a file beside it and compiles it at import. Only lz4 and snappy need it, and only when they occur.
    '@platformatic/wasm-utils': `
      const wasm = () => require('@platformatic/wasm-utils/bundled');
      export const crc32c = (data) => wasm().crc32c(data);
      export const lz4Compress = (data) => wasm().lz4Compress(data);
      export const lz4Decompress = (data) => wasm().lz4Decompress(data);
      export const snappyCompress = (data) => wasm().snappyCompress(data);
      export const snappyDecompress = (data) => wasm().snappyDecompress(data);
    `,
  },
};

import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

const MODULE = '@platformatic/wasm-utils/bundled';
const FILE = 'kafka-wasm.cjs';

/**
 * Leaves the WebAssembly of the Kafka client out of a bundle whose chunks lie in the output folder itself: it is 76 KB of text that only
 * lz4, snappy and checksums without the native module need.
 */
export const kafkaWasmApart: Plugin = {
  name: 'WebAssembly of the Kafka client apart',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${MODULE}$`) }, () => ({ path: `./${FILE}`, external: true }));
  },
};

/** Writes that WebAssembly into the output folder, as a module that `require` loads. */
export async function writeKafkaWasm(options: Pick<BuildOptions, 'absWorkingDir' | 'outdir'>): Promise<Metafile> {
  const { name } = path.parse(FILE);
  const { metafile } = await build({
    ...options,
    entryPoints: { [name]: MODULE },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    outExtension: { '.js': path.extname(FILE) },
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  return metafile;
}

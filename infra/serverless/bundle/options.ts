import type { BuildOptions } from 'esbuild';
import { kafka } from './kafka.ts';
import { keepNames } from './keep-names.ts';
import { mysqlTexts } from './mysql.ts';
import { slimPackage } from './slim-package.ts';

/**
 * How functions are bundled, dependencies and SDK included. Splitting makes every `import()` a file of its own, so that an
 * invocation reads and compiles only the clients it comes to use.
 */
export const bundleOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  // The ES modules of packages that have both kinds: only those lose what is not used.
  mainFields: ['module', 'main'],
  // The licences' texts go into a file beside the bundle.
  legalComments: 'none',
  // CommonJS dependencies call `require` for Node's own modules.
  banner: { js: `import{createRequire as createRequire$}from'node:module';const require=createRequire$(import.meta.url);` },
  plugins: [slimPackage(kafka), slimPackage(mysqlTexts), keepNames('@vlasky/zongji')],
} satisfies BuildOptions;

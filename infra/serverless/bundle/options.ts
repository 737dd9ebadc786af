import type { BuildOptions } from 'esbuild';
import { awsCodec, awsEndpoints, awsProtocol, awsVersions } from './aws.ts';
import { kafka } from './kafka.ts';
import { keepNames } from './keep-names.ts';
import { mysqlCertificates, mysqlTexts, readerTexts } from './mysql.ts';
import { grpcJs, rocketmqClient, rocketmqVersion } from './rocketmq-client.ts';
import { slimPackage } from './slim-package.ts';

/**
 * The options for bundling functions, dependencies and SDK included. Splitting makes every `import()` a file of its own, so that an
 * invocation only reads and compiles the clients that it uses.
 */
export const bundleOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  // If a package has both kinds of modules, ES modules come first, because esbuild only drops unused code from those.
  mainFields: ['module', 'main'],
  // The licences' texts go into a file beside the bundle.
  legalComments: 'none',
  // CommonJS dependencies call `require` for Node's own modules.
  banner: { js: `import{createRequire as createRequire$}from'node:module';const require=/*@__PURE__*/createRequire$(import.meta.url);` },
  plugins: [
    slimPackage(awsEndpoints),
    slimPackage(awsProtocol),
    slimPackage(awsCodec),
    awsVersions,
    slimPackage(kafka),
    slimPackage(mysqlTexts),
    slimPackage(mysqlCertificates),
    slimPackage(readerTexts),
    slimPackage(rocketmqClient),
    slimPackage(grpcJs),
    rocketmqVersion,
    keepNames('@vlasky/zongji'),
  ],
} satisfies BuildOptions;

import { bundleOptions } from './bundle/options.ts';

const config = () => ({ ...bundleOptions, outputFileExtension: '.mjs', exclude: [], packager: 'npm', skipRebuild: true });

// serverless-esbuild loads its configuration by `require` and calls what it gets.
export { config as 'module.exports' };

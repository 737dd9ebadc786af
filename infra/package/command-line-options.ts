import http from 'node:http';
import type { BuildOptions, Plugin } from 'esbuild';
import { bundleOptions } from '../serverless/bundle/options.ts';
import { slimPackage } from '../serverless/bundle/slim-package.ts';

/** These parts of `node:http` load Node's whole `fetch`. */
const OF_FETCH = ['WebSocket', 'CloseEvent', 'MessageEvent'];
const names = Object.keys(http).filter((name) => !OF_FETCH.includes(name));

/** Imports `node:http` without the parts of `fetch`. An import of the whole module evaluates all of it, which costs an eighth of `list`. */
const httpWithoutFetch: Plugin = {
  name: 'http without fetch',
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'require-call' ? undefined : { path: 'http', namespace: 'http' },
    );
    build.onLoad({ filter: /.*/, namespace: 'http' }, () => ({
      contents: `const http = process.getBuiltinModule('node:http'); export default http; export const { ${names.join(', ')} } = http;`,
    }));
  },
};

/** It only starts other programs for commands that are programs of their own, which we have none of. */
const commander = slimPackage({ name: 'commander', stubs: { 'node:child_process': 'export default {};' } });

/** CommonJS dependencies only require Node's own modules. A real `require` in each file of the bundle would take time. */
const REQUIRE = `const require=id=>{const m=process.getBuiltinModule(id);if(m)return m;throw Object.assign(Error('no module '+id),{code:'MODULE_NOT_FOUND'})};`;

/** The options for bundling the command line, which make a short command start fast. */
export const commandLineOptions = {
  ...bundleOptions,
  // This is the oldest version that package.json names.
  target: 'node22',
  banner: { js: REQUIRE },
  plugins: [...bundleOptions.plugins, commander, httpWithoutFetch],
} satisfies BuildOptions;

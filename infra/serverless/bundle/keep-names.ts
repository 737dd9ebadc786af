import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Plugin, transform } from 'esbuild';

const packages = path.resolve(import.meta.dirname, '../../../node_modules');

/** Keeps the names of a package's classes and functions in a minified bundle, because the package distinguishes its own events by them. */
export function keepNames(name: string): Plugin {
  const home = path.join(packages, name, 'lib') + path.sep;
  return {
    name: `names of ${name}`,
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, async ({ path: file }) => {
        if (!file.startsWith(home)) return undefined;
        const { code } = await transform(await readFile(file, 'utf8'), { keepNames: true, loader: 'js', target: 'node24' });
        return { contents: code };
      });
    },
  };
}

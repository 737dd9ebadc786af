import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** Changes what a dependency looks like inside the bundle; the installed package stays as it is. */
export interface PackagePatches {
  /** npm name of the patched package. */
  readonly name: string;
  /** Text of one of its files, found exactly once, and what stands there instead. */
  readonly replacements: ReadonlyArray<{ readonly file: string; readonly find: string; readonly replace: string }>;
  /** Modules that it imports, by specifier, and the source that it gets instead. */
  readonly stubs: Readonly<Record<string, string>>;
  /** True: none of its modules does anything when imported besides defining what it exports, so unused ones can be dropped. */
  readonly sideEffectFree?: boolean;
}

const packages = path.resolve(import.meta.dirname, '../../../node_modules');

/** Fails the build when a replaced text isn't there any more: then a new version of the package needs a new look. */
export function patchPlugin({ name, replacements, stubs, sideEffectFree }: PackagePatches): Plugin {
  const home = path.join(packages, name);
  const inside = (file: string) => file.startsWith(`${home}${path.sep}`);
  return {
    name: `patch ${name}`,
    setup(build) {
      const patched = new Map<string, string>();
      for (const { file, find, replace } of replacements) {
        const full = path.join(home, file);
        patched.set(full, replaceOnce(patched.get(full) ?? readFileSync(full, 'utf8'), find, replace, `${name}/${file}`));
      }
      build.onLoad({ filter: /\.js$/ }, ({ path: file }) => {
        const contents = patched.get(file);
        return contents === undefined ? undefined : { contents };
      });
      build.onResolve({ filter: /.*/ }, async ({ path: specifier, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === home || !inside(importer)) return undefined;
        if (stubs[specifier] !== undefined) return { path: specifier, namespace: `stub for ${name}`, pluginData: resolveDir };
        if (sideEffectFree !== true || !specifier.startsWith('.')) return undefined;
        const found = await build.resolve(specifier, { importer, kind, resolveDir, pluginData: home });
        return { path: found.path, errors: found.errors, sideEffects: false };
      });
      build.onLoad({ filter: /.*/, namespace: `stub for ${name}` }, ({ path: specifier, pluginData }) => ({
        contents: stubs[specifier] ?? '',
        resolveDir: pluginData,
      }));
    },
  };
}

function replaceOnce(text: string, find: string, replace: string, where: string): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(
      `${where} has ${parts.length - 1} places to patch instead of 1: look at its new version, then change its patches: ${find}`,
    );
  }
  return parts.join(replace);
}

import path from 'node:path';
import type { Plugin } from 'esbuild';

/** How a dependency is made smaller inside bundles; the installed package stays as it is. */
export interface SlimPackage {
  /** Its folder in node_modules. None of its modules may do anything at import besides defining what it exports: unused ones are dropped. */
  readonly name: string;
  /** Modules that it imports, by specifier, and the source that it gets instead. */
  readonly stubs: Readonly<Record<string, string>>;
}

const packages = path.resolve(import.meta.dirname, '../../../node_modules');

/** Fails the build when the package no longer imports what is stubbed: then its new version needs a new look. */
export function slimPackage({ name, stubs }: SlimPackage): Plugin {
  const home = path.join(packages, name) + path.sep;
  const namespace = `stub for ${path.basename(name)}`;
  return {
    name: `slim ${name}`,
    setup(build) {
      const missing = new Set(Object.keys(stubs));
      let imported = false;
      build.onResolve({ filter: /.*/ }, async ({ path: specifier, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === namespace || !importer.startsWith(home)) return undefined;
        imported = true;
        missing.delete(specifier);
        if (stubs[specifier] !== undefined) return { path: specifier, namespace, pluginData: resolveDir };
        if (!specifier.startsWith('.')) return undefined;
        const found = await build.resolve(specifier, { importer, kind, resolveDir, pluginData: namespace });
        return { path: found.path, errors: found.errors, sideEffects: false };
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path: specifier, pluginData }) => ({
        contents: stubs[specifier] ?? '',
        resolveDir: pluginData,
      }));
      build.onEnd(() => ({
        errors: [...(imported ? missing : [])].map((specifier) => ({
          text: `${name} no longer imports ${specifier}: look at its new version`,
        })),
      }));
    },
  };
}

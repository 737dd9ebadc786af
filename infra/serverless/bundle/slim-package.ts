import path from 'node:path';
import type { Plugin } from 'esbuild';

/** Makes a dependency smaller inside bundles. The installed package stays as it is. */
export interface SlimPackage {
  /** Its folder in node_modules. Its modules may do nothing at import except define their exports, because esbuild drops unused ones. */
  readonly name: string;
  /** The modules that it imports, by specifier, and the source that replaces each of them. */
  readonly stubs: Readonly<Record<string, string>>;
}

const packages = path.resolve(import.meta.dirname, '../../../node_modules');

/**
 * Makes the plugin. It fails the build if the package no longer imports a replaced module, because someone must then look at the new
 * version.
 */
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
          text: `${name} no longer imports ${specifier}: check its new version`,
        })),
      }));
    },
  };
}

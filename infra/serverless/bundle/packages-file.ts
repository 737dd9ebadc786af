import type { Plugin } from 'esbuild';

/**
 * The module in the functions' archive that names connector packages. Both functions import it themselves, so that its path stays right.
 */
export const PACKAGES_FILE = 'functions/packages.mjs';

/** Returns the text of that module. */
export const packagesText = (names: readonly string[]): string =>
  `export const packages = {${names.map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(name)})`).join(', ')}};\n`;

/** Leaves that module out of the bundle. */
export const packagesApart: Plugin = {
  name: 'connector packages apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/packages\.ts$/ }, ({ importer }) =>
      /[\\/]functions[\\/][^\\/]+$/.test(importer) ? { path: './packages.mjs', external: true } : undefined,
    );
  },
};

import type { Plugin } from 'esbuild';

/** The functions' module that names connector packages, in their archive. Both functions import it themselves, so that its path holds. */
export const PACKAGES_FILE = 'functions/packages.mjs';

/** Text of that module. */
export const packagesText = (names: readonly string[]): string =>
  `export const packages = {${names.map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(name)})`).join(', ')}};\n`;

/** Leaves it out of the bundle. */
export const packagesApart: Plugin = {
  name: 'connector packages apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/packages\.ts$/ }, ({ importer }) =>
      /[\\/]functions[\\/][^\\/]+$/.test(importer) ? { path: './packages.mjs', external: true } : undefined,
    );
  },
};

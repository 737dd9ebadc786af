import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

const project = path.resolve(import.meta.dirname, '../../..');
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(?![a-z])/i;
const RULE = '-'.repeat(80);

/** Returns the notices of all packages in these bundles, with each licence's text once. Throws for a package that names no licence. */
export async function noticesOf(metafiles: readonly Metafile[]): Promise<string> {
  const holders = new Map<string, string[]>();
  for (const folder of packagesIn(metafiles)) {
    const { title, texts } = await licenceOf(path.join(project, folder));
    holders.set(texts, [...(holders.get(texts) ?? []), title]);
  }
  const parts = [...holders].map(([texts, titles]) => `${[...new Set(titles)].join('\n')}\n\n${texts}`);
  return `This file holds the licences of the packages that are part of these bundles.\n\n${RULE}\n${parts.join(`\n\n${RULE}\n`)}\n`;
}

/** Returns the folders of packages, from the project's root, that left at least a byte in a bundle. */
function packagesIn(metafiles: readonly Metafile[]): string[] {
  const folders = new Set<string>();
  for (const { inputs } of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder.slice(folder.indexOf('node_modules/')));
    }
  }
  return [...folders].sort();
}

async function licenceOf(folder: string): Promise<{ title: string; texts: string }> {
  const { name, version, license, author } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`package ${name} names no licence; check it before you bundle it`);
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file) && !/\.(js|json)$/.test(file)).sort();
  const texts = await Promise.all(files.map(async (file) => (await readFile(path.join(folder, file), 'utf8')).trim()));
  const holder = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  // Packages without a licence file only name it in package.json.
  return { title: `${name} ${version} (${license})`, texts: texts.join('\n\n') || `Licensed under ${license} by ${holder}.` };
}

import path from 'node:path';
import type { SourceFile } from './forbidden-imports.ts';
import { importsOf } from './imports-of.ts';

/**
 * Returns groups of folders that import themselves by way of others, sorted. Nobody can understand or move a folder in such a group alone.
 */
export function folderCircles(files: readonly SourceFile[]): string[][] {
  const imports = new Map<string, Set<string>>();
  for (const { file, text } of files) {
    const folder = path.posix.dirname(file);
    const targets = imports.get(folder) ?? new Set();
    imports.set(folder, targets);
    for (const specifier of importsOf(text, file.endsWith('x'))) {
      const target = path.posix.dirname(path.posix.join(folder, specifier));
      if (specifier.startsWith('.') && target !== folder) targets.add(target);
    }
  }
  const reached = new Map([...imports.keys()].map((folder) => [folder, reachedFrom(folder, imports)]));
  const circles = new Map<string, string[]>();
  for (const [folder, all] of reached) {
    if (!all.has(folder)) continue;
    const circle = [...all].filter((other) => reached.get(other)?.has(folder)).sort();
    circles.set(circle.join(), circle);
  }
  return [...circles.values()].sort();
}

/** Returns the folders that a folder reaches. It holds the folder itself only if another one leads back to it. */
function reachedFrom(folder: string, imports: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>();
  const next = [...(imports.get(folder) ?? [])];
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    if (found.has(each)) continue;
    found.add(each);
    next.push(...(imports.get(each) ?? []));
  }
  return found;
}

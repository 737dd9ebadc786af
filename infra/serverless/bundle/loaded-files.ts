import type { Metafile } from 'esbuild';

/** Returns the files of a bundle that Node loads when it imports these, themselves included, in the order in which it meets them. */
export function loadedFiles(outputs: Metafile['outputs'], starts: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (output: string) => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { path: next, kind, external } of outputs[output]?.imports ?? []) {
      if (kind === 'import-statement' && !external) visit(next);
    }
  };
  for (const start of starts) visit(start);
  return seen;
}

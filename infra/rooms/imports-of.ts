import { parseSync } from '@swc/core';

/** Returns what a TypeScript source imports, by value or by type, statically or at run time: each specifier once, in order. `tsx`: it has JSX. */
export function importsOf(source: string, tsx = false): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const each of node) visit(each);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const specifier = specifierOf(node as SyntaxNode);
    if (specifier !== undefined) found.add(specifier);
    for (const each of Object.values(node)) visit(each);
  };
  visit(parseSync(source, { syntax: 'typescript', tsx, target: 'es2024' }).body);
  return [...found];
}

interface SyntaxNode {
  readonly type?: string;
  readonly source?: { readonly value?: string } | null;
  readonly argument?: { readonly value?: string };
  readonly callee?: { readonly type?: string; readonly value?: string };
  readonly arguments?: ReadonlyArray<{ readonly expression: { readonly value?: unknown } }>;
}

function specifierOf({ type, source, argument, callee, arguments: given }: SyntaxNode): string | undefined {
  if (type === 'ImportDeclaration' || type === 'ExportNamedDeclaration' || type === 'ExportAllDeclaration') return source?.value;
  if (type === 'TsImportType') return argument?.value;
  const calls = type === 'CallExpression' && (callee?.type === 'Import' || callee?.value === 'require');
  const value = calls ? given?.[0]?.expression.value : undefined;
  return typeof value === 'string' ? value : undefined;
}

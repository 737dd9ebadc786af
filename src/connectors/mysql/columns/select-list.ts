import type { Table } from './table.ts';

/**
 * The columns of a query whose rows `TableWriter.fromQuery` takes. FLOATs are asked for as doubles: as they are, the server rounds
 * them to six digits.
 */
export function selectList({ columns }: Table): string {
  return columns.map(({ name, type }) => (type.kind === 'float' ? `${quoted(name)} + 0e0` : quoted(name))).join(', ');
}

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

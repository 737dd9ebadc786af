/** A part of an index, as `information_schema.STATISTICS` has it. */
export interface IndexPart {
  readonly index: string;
  readonly column: string;
  /** In its index, from 1. */
  readonly position: number | string;
  readonly isUnique: boolean;
  /** Of the column's beginning only; null of all of it. */
  readonly prefix: number | string | null;
}

export interface TableKey {
  readonly index: string;
  /** In their order. */
  readonly columns: readonly string[];
}

/**
 * What tells a table's rows apart, as the server itself chooses it and writes it to its log: the primary key, else the first unique one of
 * columns that are never null. `marked`: the columns that it says are of it (COLUMN_KEY is PRI). `parts`: of all indexes, these in
 * the server's order; the parts of one in any order. Undefined where there is none.
 */
export function keyIn(marked: readonly string[], parts: readonly IndexPart[]): TableKey | undefined {
  for (const [index, own] of Map.groupBy(parts, (part) => part.index)) {
    // Servers answer in the order of their plan, and a sort by them would mix the indexes.
    const columns = own.toSorted((a, b) => Number(a.position) - Number(b.position)).map(({ column }) => column);
    if (index === 'PRIMARY') return { index, columns };
    if (own.some(({ isUnique, prefix }) => !isUnique || prefix !== null)) continue;
    if (columns.length === marked.length && columns.every((column) => marked.includes(column))) return { index, columns };
  }
  return undefined;
}

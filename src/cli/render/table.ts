import Table from 'cli-table3';
import stringWidth from 'string-width';

const BORDERLESS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, part === 'middle' ? '  ' : '']),
);
const GAP = 2;
/** A table narrower than this is hard to read. */
const NARROWEST = 60;

/** Returns the columns of the terminal. A pipe or a file takes lines of any length. */
export const terminalWidth = (): number => (process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY);

/**
 * Returns columns without borders, so that both `awk` and people can read them. A cell may have several lines. If the rows are wider than
 * `width`, the table breaks cells between words. If that is not enough, it shows each row as a list of its cells.
 */
export function renderTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>, width = terminalWidth()): string {
  const lines = [head.map((title) => title.toUpperCase()), ...rows];
  const widths = columnWidths(lines, width);
  if (widths === undefined) return rows.map((row) => listed(head, row)).join('\n\n');
  const table = new Table({
    chars: BORDERLESS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths,
    wordWrap: true,
  });
  table.push(...lines.map((line) => [...line]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Returns the width of each column, or undefined if a word would not fit. */
function columnWidths(lines: ReadonlyArray<readonly string[]>, width: number): number[] | undefined {
  const columns = lines[0]?.map((_, column) => lines.map((line) => line[column] ?? '')) ?? [];
  const widths = columns.map((cells) => widest(cells, /\n/));
  const words = columns.map((cells) => widest(cells, /\s+/));
  const total = () => widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1));
  if (total() > width && width < NARROWEST) return undefined;
  // The widest column shrinks first, as long as its longest word allows it.
  while (total() > width) {
    const spare = widths.map((each, column) => (each > (words[column] ?? 0) ? each : 0));
    const most = Math.max(...spare);
    if (most === 0) return undefined;
    widths[spare.indexOf(most)] = most - 1;
  }
  return widths;
}

const widest = (cells: readonly string[], separator: RegExp): number =>
  Math.max(...cells.flatMap((cell) => cell.split(separator).map((part) => stringWidth(part))));

const listed = (head: readonly string[], row: readonly string[]): string =>
  head
    .map((title, column) => [title, row[column] ?? ''] as const)
    .filter(([, cell]) => cell !== '')
    .map(([title, cell]) => `${title}: ${cell.replaceAll('\n', '\n  ')}`)
    .join('\n');

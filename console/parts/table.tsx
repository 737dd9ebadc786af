import type { ComponentChildren } from 'preact';

export interface Column {
  readonly label: string;
  readonly numeric?: boolean;
  /** Its texts are short, and stay in one line. */
  readonly short?: boolean;
  /** For a column by which people can sort: whether it is sorted by it, and how to. */
  readonly sort?: { readonly active: boolean; readonly direction: 'ascending' | 'descending'; readonly choose: () => void };
}

export interface Row {
  readonly key: string;
  readonly cells: readonly ComponentChildren[];
}

interface Props {
  /** Says what the table holds, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A table. In a narrow window each row becomes a block, whose cells say what they are. */
export function Table({ caption, columns, rows }: Props) {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <Head key={column.label} column={column} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, index) => (
              <td key={columns[index]?.label} data-label={columns[index]?.label} class={classOf(columns[index])}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const classOf = ({ numeric, short }: Partial<Column> = {}) => (numeric ? 'numeric' : short ? 'short' : undefined);

function Head({ column: { label, numeric, sort } }: { readonly column: Column }) {
  return (
    <th scope="col" class={numeric ? 'numeric' : undefined} {...(sort?.active && { 'aria-sort': sort.direction })}>
      {sort === undefined ? (
        label
      ) : (
        <button type="button" class="sort" onClick={sort.choose} title={`Sort by ${label.toLowerCase()}`}>
          {label}
        </button>
      )}
    </th>
  );
}

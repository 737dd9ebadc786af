import { ConnectError } from '../../../api/index.ts';
import { qualifiedName, type TableName } from '../tables/table-name.ts';
import { columnTypeFor, keyTypeFor, type Sample } from './column-types.ts';
import { isAddition, isSelected, type Options, type TargetedChange } from './operations.ts';
import type { RowChange } from './row-change.ts';
import type { NewColumn, ServerTypes } from './table-statements.ts';

const MOST_CHARACTERS = 64;

interface Need {
  readonly name: string;
  readonly samples: Sample[];
}

/** What changes of one table need that it does not have. */
export class TableNeeds {
  readonly target: TableName;
  readonly #changes: RowChange[] = [];
  readonly #options: Options;

  private constructor(target: TableName, options: Options) {
    this.target = target;
    this.#options = options;
  }

  /** For each table that changes are of. */
  static of(changes: readonly TargetedChange[], options: Options): readonly TableNeeds[] {
    const needs = new Map<string, TableNeeds>();
    for (const { change, target } of changes) {
      const name = qualifiedName(target.database, target.table);
      const own = needs.get(name) ?? new TableNeeds(target, options);
      needs.set(name, own);
      own.#changes.push(change);
    }
    return [...needs.values()];
  }

  /** Columns to be added to those in small letters, each of the type that all values have. Throws RECORD_REFUSED where that can't be told. */
  missing(columns: ReadonlySet<string>, { hasJson }: ServerTypes): NewColumn[] {
    const needs = new Map<string, Need>();
    for (const change of this.#changes) {
      if (change.op === 'delete') continue;
      for (const [name, value] of Object.entries(change.row)) {
        if (columns.has(name.toLowerCase()) || isAddition(name, change) || !isSelected(name, this.#options)) continue;
        add(needs, name, { value, type: change.types.get(name) });
      }
    }
    return [...needs.values()].flatMap(({ name, samples }) => {
      const type = columnTypeFor(samples, hasJson);
      if (type === null) return [];
      if (type === undefined || !isName(name)) throw this.#undecided(name, type);
      return [{ name, type }];
    });
  }

  /**
   * Columns of the primary key of a table to be made: the members of the records' keys. Empty where they have none and rows are only
   * added. Throws RECORD_REFUSED where the key can't be told.
   */
  key(server: ServerTypes): NewColumn[] {
    const needs = new Map<string, Need>();
    for (const { key, types } of this.#changes)
      for (const [name, value] of Object.entries(key)) add(needs, name, { value, type: types.get(name) });
    if (needs.size === 0 && this.#options.mode === 'insert') return [];
    const isWhole = [...needs.values()].every(({ samples }) => samples.length === this.#changes.length);
    if (needs.size === 0 || !isWhole) throw this.#keyless();
    return [...needs.values()].map(({ name, samples }) => {
      const type = keyTypeFor(samples, server);
      if (type === undefined || !isName(name)) throw this.#undecided(name, type);
      return { name, type };
    });
  }

  /** Refuses a record of which no table can be made. */
  nothing(): ConnectError {
    return new ConnectError('RECORD_REFUSED', `table ${this.#name} is missing, and the record has no value that says what a column is`, {
      remedy: 'make the table yourself',
    });
  }

  /** Refuses a record whose columns have names that the server does not tell from those of others. */
  taken(columns: readonly NewColumn[]): ConnectError {
    const names = columns.map(({ name }) => name).join(', ');
    return new ConnectError(
      'RECORD_REFUSED',
      `table ${this.#name} has another column with the name of one of these, as the server compares: ${names}`,
      {
        remedy: 'name the column in sink.excludeColumns, or let the producer rename it',
      },
    );
  }

  get #name(): string {
    return qualifiedName(this.target.database, this.target.table);
  }

  #undecided(column: string, type: string | undefined): ConnectError {
    const why = type === undefined ? 'whose type its values and their schema do not tell' : 'whose name no server takes';
    return new ConnectError('RECORD_REFUSED', `table ${this.#name} lacks the column ${column.slice(0, MOST_CHARACTERS)}, ${why}`, {
      remedy: 'make the column yourself, let the producer send a schema, or name the column in sink.excludeColumns',
    });
  }

  #keyless(): ConnectError {
    return new ConnectError(
      'RECORD_REFUSED',
      `table ${this.#name} is missing, and the key of the record is no JSON object of its columns`,
      {
        remedy: 'make the table yourself, let the producer write such a key, or set sink.mode to insert for a table without a key',
      },
    );
  }
}

function add(needs: Map<string, Need>, name: string, sample: Sample): void {
  const folded = name.toLowerCase();
  const need = needs.get(folded) ?? { name, samples: [] };
  needs.set(folded, need);
  need.samples.push(sample);
}

/** Servers refuse other names, or change them. */
const isName = (name: string): boolean =>
  name.length <= MOST_CHARACTERS && /^[^\ud800-\udfff]+$/.test(name) && name === name.trimEnd() && !name.includes('\0');

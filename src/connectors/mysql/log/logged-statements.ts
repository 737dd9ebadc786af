import type { Selection } from '../config/selection.ts';
import { keepsHistory } from '../tables/select-tables.ts';
import type { TableName } from '../tables/table-name.ts';
import { type LoggedQuery, sessionText } from './events/query-event.ts';
import * as refusals from './refusals.ts';
import { definedIn, emptiedTable, type NamedTable, namedDatabases, type Statement } from './statements/statement.ts';
import { statementOf } from './statements/statement-kind.ts';
import type { TableMaps } from './tables/table-maps.ts';
import type { TransactionEvents } from './transaction-events.ts';

/** What statements in the log mean: ends of transactions, definitions, and changes that can't be read from them. */
export class LoggedStatements {
  readonly #transactions: TransactionEvents;
  readonly #tables: TableMaps;
  readonly #selection: Selection;

  constructor(transactions: TransactionEvents, tables: TableMaps, selection: Selection) {
    this.#transactions = transactions;
    this.#tables = tables;
    this.#selection = selection;
  }

  /** A promise: no further event may be read before it is fulfilled. */
  take(query: LoggedQuery): Promise<void> | undefined {
    const text = sessionText(query, this.#tables.charsets);
    return typeof text === 'string' ? this.#take({ ...query, text }) : text.then((converted) => this.#take({ ...query, text: converted }));
  }

  #take(query: LoggedQuery): Promise<void> | undefined {
    const statement = statementOf(query.text, query.mode);
    const memory = statement.kind === 'rows' ? emptiedTable(query.text) : undefined;
    if (memory === undefined || !this.#selects(memory.database)) {
      this.#read(query, statement);
      return undefined;
    }
    return this.#tables.isInMemory(memory).then((lost) => {
      this.#read(query, lost ? { kind: 'empties', tables: [memory], whole: true } : statement);
    });
  }

  /** It changes rows, whatever it says. */
  takeChange(query: LoggedQuery): void {
    this.#read(query, { kind: 'rows' });
  }

  #read(query: LoggedQuery, statement: Statement): void {
    const transactions = this.#transactions;
    const { kind } = statement;
    if (kind === 'begin' || kind === 'begin-two-phase') {
      const open = { begun: true, twoPhase: kind === 'begin-two-phase' };
      if (transactions.open === undefined || transactions.open.begun) transactions.begin('', open);
      transactions.open = open;
    } else if (kind === 'commit' || kind === 'prepare') transactions.end('committed');
    else if (kind === 'rollback') transactions.end('rolled-back');
    else if (kind === 'savepoint' || kind === 'rollback-to') transactions.mark(kind, statement.name);
    else this.#readInside(query, statement);
  }

  #readInside(query: LoggedQuery, statement: Statement): void {
    const transactions = this.#transactions;
    if (transactions.open === undefined) transactions.begin('', { begun: false, twoPhase: false });
    if (statement.kind === 'rows') this.#changesRows(query);
    else if (statement.kind !== 'ignored') this.#defines(query, statement);
    if (transactions.open?.begun === false) transactions.end('committed');
  }

  #changesRows({ text, database, mode, changed = [] }: LoggedQuery): void {
    const selected = [database, ...changed, ...namedDatabases(text, mode)].find((name) => this.#selects(name));
    if (selected === undefined) return;
    this.#transactions.refuse(refusals.statementLogged(selected, text, this.#transactions.here), Buffer.from(text));
  }

  #defines({ text, database, mode }: LoggedQuery, statement: Statement): void {
    const { timestamp, here, emit } = this.#transactions;
    emit({ kind: 'statement', database: definedIn(text, mode) ?? database, text, timestamp });
    const empties = (table: TableName, whole: boolean) =>
      emit({ kind: 'emptied', table, whole, text, error: refusals.emptied(`${table.database}.${table.table}`, text, here), timestamp });
    if (statement.kind === 'drops-database') {
      if (this.#selects(statement.database)) empties({ database: statement.database, table: '*' }, false);
    } else if (statement.kind === 'definition') {
      const table = statement.changed && this.#selected(statement.changed, database);
      if (table !== undefined)
        emit({ kind: 'notice', text: refusals.changedValues(`${table.database}.${table.table}`, text, here), timestamp });
    } else if (statement.kind === 'versions') {
      const table = this.#selected(statement.table, database);
      if (table !== undefined) this.#transactions.refuse(keepsHistory(table), Buffer.from(text));
    } else if (statement.kind === 'empties') {
      for (const named of statement.tables) {
        const table = this.#selected(named, database);
        if (table !== undefined) empties(table, statement.whole);
      }
    }
  }

  /** The table, where it is one that is copied. A server may not tell upper and lower case apart. */
  #selected({ database = '', table }: NamedTable, current: string): TableName | undefined {
    const name = { database: database === '' ? current : database, table };
    const lower = { database: name.database.toLowerCase(), table: table.toLowerCase() };
    return [name, lower].find((each) => this.#selection.table(each.database, each.table));
  }

  /** Whether a table of a database may be copied. What is written in another character set than UTF-8 may be any name. */
  #selects(database: string): boolean {
    return [database, database.toLowerCase()].some((name) => this.#selection.database(name)) || database.includes('\ufffd');
  }
}

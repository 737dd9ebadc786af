import type { SqlToken } from './sql-tokens.ts';

/** What `ADD` adds besides columns. */
const NO_COLUMN = /^(INDEX|KEY|UNIQUE|FULLTEXT|SPATIAL|CONSTRAINT|PRIMARY|FOREIGN|CHECK|PERIOD|PARTITION|SYSTEM)$/;

/**
 * Whether `ALTER TABLE` may give rows other values: a new column with more than NULL in it, or a column of another type. `tokens`: behind
 * the table's name.
 */
export function mayChangeValues(tokens: readonly SqlToken[]): boolean {
  return parts(tokens).some((part) => {
    const words = part.map(({ word }) => word);
    const [verb, first = ''] = words;
    if (verb === 'MODIFY' || verb === 'CHANGE' || (verb === 'CONVERT' && first === 'TO')) return true;
    return verb === 'ADD' && !NO_COLUMN.test(first) && fillsColumn(words);
  });
}

function fillsColumn(words: readonly string[]): boolean {
  return words.some((word, at) => {
    const next = words[at + 1];
    if (word === 'DEFAULT') return next !== 'NULL';
    if (word === 'NOT') return next === 'NULL';
    // A TIMESTAMP may begin with the time of the statement.
    return /^(AS|GENERATED|AUTO_INCREMENT|SERIAL|TIMESTAMP)$/.test(word);
  });
}

/** Between commas that stand in no parentheses. */
function parts(tokens: readonly SqlToken[]): SqlToken[][] {
  const found: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ',' && token.depth === 0) found.push([]);
    else found.at(-1)?.push(token);
  }
  return found;
}

/** A part of a statement. */
export interface SqlToken {
  /** As it was written; names without their quotes, texts empty. */
  readonly text: string;
  /** In upper case, what may be a key word; else empty. */
  readonly word: string;
  readonly kind: 'word' | 'name' | 'text' | 'symbol';
  /** How many parentheses are open around it. */
  readonly depth: number;
}

/** What a session had set when it sent a statement. */
export interface SqlMode {
  readonly ansiQuotes: boolean;
  readonly backslashEscapes: boolean;
}

export const USUAL: SqlMode = { ansiQuotes: false, backslashEscapes: true };

const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|(?:--(?=\s|$)|#)[^\n]*/y;
/** Its content is part of the statement, for the servers that it is meant for. */
const MEANT_FOR_SOME = /\/\*M?!\d*/y;
/** Begins a comment that every supported server runs: it names no version, or one that is not newer than MySQL 5.6. */
const MEANT_FOR_ALL = /\/\*!(?:(?:[0-4]\d{4}|50[0-5]\d\d|50600)(?!\d)|(?!\d))/y;
const WORD = /[\w$@\u0080-\u{10ffff}]+/uy;
const ESCAPED: Readonly<Record<string, RegExp>> = { "'": /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y, '"': /"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)/y };
const PLAIN: Readonly<Record<string, RegExp>> = {
  "'": /'(?:[^']|'')*(?:'|$)/y,
  '"': /"(?:[^"]|"")*(?:"|$)/y,
  '`': /`(?:[^`]|``)*(?:`|$)/y,
};

/** A statement's parts, without comments. `whole`: with what is meant for some servers only, and not only what all of them run. */
export function sqlTokens(sql: string, { ansiQuotes, backslashEscapes }: SqlMode, whole: boolean): SqlToken[] {
  const tokens: SqlToken[] = [];
  let depth = 0;
  let at = 0;
  let inComment = false;
  const match = (form: RegExp): string | undefined => {
    form.lastIndex = at;
    return form.exec(sql)?.[0];
  };
  while (at < sql.length) {
    const char = sql[at] as string;
    const begin = match(whole ? MEANT_FOR_SOME : MEANT_FOR_ALL);
    const end = inComment && sql.startsWith('*/', at) ? '*/' : undefined;
    const skipped = begin ?? end ?? match(COMMENT) ?? match(/\s+/y);
    if (skipped !== undefined) {
      if (begin !== undefined || end !== undefined) inComment = begin !== undefined;
      at += skipped.length;
      continue;
    }
    const isName = char === '`' || (char === '"' && ansiQuotes);
    const quoted = match((isName || !backslashEscapes ? PLAIN : ESCAPED)[char] ?? /(?!)/y);
    const word = quoted === undefined ? match(WORD) : undefined;
    const length = (quoted ?? word ?? char).length;
    if (char === ')') depth -= 1;
    // Behind a dot any word is a name.
    const isPart = tokens.at(-1)?.text === '.' && tokens.at(-1)?.kind === 'symbol';
    if (quoted !== undefined) tokens.push({ text: isName ? unquoted(quoted) : '', word: '', kind: isName ? 'name' : 'text', depth });
    else if (word !== undefined) tokens.push({ text: word, word: isPart ? '' : word.toUpperCase(), kind: isPart ? 'name' : 'word', depth });
    else tokens.push({ text: char, word: '', kind: 'symbol', depth });
    if (char === '(') depth += 1;
    at += length;
  }
  return tokens;
}

const unquoted = (quoted: string): string => quoted.slice(1, -1).replaceAll(quoted[0]?.repeat(2) ?? '', quoted[0] ?? '');

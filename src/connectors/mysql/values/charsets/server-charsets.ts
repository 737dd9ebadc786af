import type { MysqlServer } from '../../server/server.ts';
import { charsetBytes, collationCharsets } from '../../tables/information-schema.ts';
import { gb18030Point, readConversionTable, sequencesOf } from './conversion-table.ts';
import { type ToUtf8, UNICODE } from './unicode.ts';

/** What one server knows of character sets. All is asked for once, when it is needed. */
export class ServerCharsets {
  readonly #server: MysqlServer;
  readonly #loaded = new Map<string, ToUtf8>();
  #collations: ReadonlyMap<number, string> | undefined;
  #maxBytes: ReadonlyMap<string, number> | undefined;

  constructor(server: MysqlServer) {
    this.#server = server;
  }

  /** Makes ready what `converter` will be asked for. Those that can't be converted are passed over. */
  async load(charsets: Iterable<string>): Promise<void> {
    for (const charset of charsets) {
      if (this.converter(charset) !== undefined) continue;
      this.#maxBytes ??= await charsetBytes(this.#server);
      const sequences = sequencesOf(charset, this.#maxBytes.get(charset) ?? 0);
      if (sequences === undefined) continue;
      const table = await readConversionTable(this.#server, charset, sequences);
      this.#loaded.set(charset, table.converter(charset === 'gb18030' ? gb18030Point : undefined));
    }
  }

  /** Undefined where it is not loaded, or can't be converted. */
  converter(charset: string): ToUtf8 | undefined {
    return UNICODE[charset] ?? this.#loaded.get(charset);
  }

  /** Character sets by the number of their collation, as the log has it. */
  async collations(): Promise<ReadonlyMap<number, string>> {
    this.#collations ??= await collationCharsets(this.#server);
    return this.#collations;
  }
}

const known = new WeakMap<MysqlServer, ServerCharsets>();

/** Kept with the server's connection. */
export function charsetsOf(server: MysqlServer): ServerCharsets {
  const charsets = known.get(server) ?? new ServerCharsets(server);
  known.set(server, charsets);
  return charsets;
}

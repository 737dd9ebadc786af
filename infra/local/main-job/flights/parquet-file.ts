import type { FileMetaData } from 'hyparquet';

/** The rows that are together in a Parquet file, as one array for each column. */
export interface RowGroup {
  /** The index of the first row in the file. */
  readonly first: number;
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

/** Reads a Parquet file one row group at a time, so that memory does not grow with the file. Timestamps are ms since 1970. */
export class ParquetFile {
  readonly #path: string;
  readonly #metadata: FileMetaData;

  private constructor(path: string, metadata: FileMetaData) {
    this.#path = path;
    this.#metadata = metadata;
  }

  static async open(path: string): Promise<ParquetFile> {
    const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
    return new ParquetFile(path, await parquetMetadataAsync(await asyncBufferFromFile(path)));
  }

  get rows(): number {
    return Number(this.#metadata.num_rows);
  }

  async *rowGroups(): AsyncGenerator<RowGroup> {
    const [{ asyncBufferFromFile, parquetRead }, { compressors }] = await Promise.all([
      import('hyparquet'),
      import('hyparquet-compressors'),
    ]);
    const file = await asyncBufferFromFile(this.#path);
    let first = 0;
    for (const { num_rows } of this.#metadata.row_groups) {
      const rows = Number(num_rows);
      const columns: Record<string, unknown[]> = {};
      await parquetRead({
        file,
        metadata: this.#metadata,
        compressors,
        rowStart: first,
        rowEnd: first + rows,
        parsers: { timestampFromMicroseconds: (micros) => Number(micros / 1_000n) },
        onChunk: ({ columnName, columnData, rowStart }) => {
          columns[columnName] ??= new Array(rows);
          const column = columns[columnName];
          for (let index = 0; index < columnData.length; index++) column[rowStart - first + index] = columnData[index];
        },
      });
      yield { first, rows, columns };
      first += rows;
    }
  }
}

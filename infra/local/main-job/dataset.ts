import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import type { KafkaMessage } from '../kafka-topics.ts';
import { StackError } from '../stack-error.ts';

/** A table of the npm package vega-datasets as Kafka messages: the same ones in the same order, however often it is read. */
export interface Dataset {
  readonly name: string;
  readonly rows: number;
  /** All messages, in chunks. */
  messages(): AsyncGenerator<KafkaMessage[]>;
}

export const PARTITIONS = 8;
export const datasetNames = ['flights-200k', 'flights-3m'] as const;

/** Departures of one day: delay (minutes), distance (miles), time (hour of day). */
interface DayRow {
  readonly delay: number;
  readonly distance: number;
  readonly time: number;
}

/** Departures of half a year. */
interface YearRow {
  readonly date: Date;
  readonly delay: bigint;
  readonly distance: bigint;
  readonly origin: string;
  readonly destination: string;
}

const CHUNK = 2_000;
const FIRST_DAY = Date.UTC(2001, 0, 1);
const HOUR_MS = 3_600_000;

export async function openDataset(name: string): Promise<Dataset> {
  if (name === 'flights-200k') return openJson(name);
  if (name === 'flights-3m') return openParquet(name);
  throw new StackError(`there is no data set called ${name}`, `choose from ${datasetNames.join(', ')}`);
}

async function openJson(name: string): Promise<Dataset> {
  const rows = JSON.parse(await readFile(fileOf(`${name}.json`), 'utf8')) as DayRow[];
  return {
    name,
    rows: rows.length,
    async *messages() {
      yield* chunks(rows, 0, (row, index) => message(name, index, `${row.distance} mi`, row, FIRST_DAY + Math.round(row.time * HOUR_MS)));
    },
  };
}

/** One row group at a time, so that memory does not grow with the table. */
async function openParquet(name: string): Promise<Dataset> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const file = await asyncBufferFromFile(fileOf(`${name}.parquet`));
  const metadata = await parquetMetadataAsync(file);
  return {
    name,
    rows: Number(metadata.num_rows),
    async *messages() {
      let rowStart = 0;
      for (const group of metadata.row_groups) {
        const rowEnd = rowStart + Number(group.num_rows);
        const rows = (await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd })) as unknown as YearRow[];
        yield* chunks(rows, rowStart, (row, index) => message(name, index, row.origin, plain(row), row.date.getTime()));
        rowStart = rowEnd;
      }
    },
  };
}

const plain = (row: YearRow) => ({ ...row, delay: Number(row.delay), distance: Number(row.distance) });

function* chunks<R>(rows: readonly R[], first: number, toMessage: (row: R, index: number) => KafkaMessage): Generator<KafkaMessage[]> {
  for (let at = 0; at < rows.length; at += CHUNK) yield rows.slice(at, at + CHUNK).map((row, index) => toMessage(row, first + at + index));
}

/** What belongs together, by its key, is in one partition. */
function message(name: string, row: number, keyText: string, value: object, timestamp: number): KafkaMessage {
  const key = Buffer.from(keyText);
  return {
    partition: crc32(key) % PARTITIONS,
    key,
    value: Buffer.from(JSON.stringify(value)),
    headers: [
      ['dataset', Buffer.from(name)],
      ['row', Buffer.from(String(row))],
    ],
    timestamp,
  };
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`../../../node_modules/vega-datasets/data/${name}`, import.meta.url));
}

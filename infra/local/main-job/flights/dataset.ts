import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { StackError } from '../../install/stack-error.ts';
import { ParquetFile, type RowGroup } from './parquet-file.ts';

/** A row as a message. */
export interface DatasetMessage {
  /** The index in the data set. */
  readonly row: number;
  readonly partition: number;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer]>;
  /** ms since 1970 */
  readonly timestamp: number;
}

/** A table of the npm package vega-datasets as messages. Each read yields the same messages in the same order. */
export interface Dataset {
  readonly name: string;
  readonly rows: number;
  /** Yields all messages, in chunks. */
  messages(): AsyncGenerator<DatasetMessage[]>;
}

export const PARTITIONS = 8;
export const datasetNames = ['flights-200k', 'flights-3m'] as const;

/** The departures of one day: delay (minutes), distance (miles), time (hour of day). */
interface Departure {
  readonly delay: number;
  readonly distance: number;
  readonly time: number;
}

const CHUNK = 2_000;
const DAY = Date.UTC(2001, 0, 1);
const HOUR_MS = 3_600_000;

export async function openDataset(name: string): Promise<Dataset> {
  if (name === 'flights-200k') return openDepartures(name);
  if (name === 'flights-3m') return openFlights(name);
  throw new StackError(`there is no data set ${name}`, `choose from ${datasetNames.join(', ')}`);
}

async function openDepartures(name: string): Promise<Dataset> {
  const rows = JSON.parse(await readFile(fileOf(`${name}.json`), 'utf8')) as Departure[];
  const departure = (row: Departure, index: number) =>
    message(name, index, `${row.distance} mi`, row, DAY + Math.round(row.time * HOUR_MS));
  return {
    name,
    rows: rows.length,
    async *messages() {
      for (let at = 0; at < rows.length; at += CHUNK) yield rows.slice(at, at + CHUNK).map((row, index) => departure(row, at + index));
    },
  };
}

/** The flights of half a year, with their airports. */
async function openFlights(name: string): Promise<Dataset> {
  const file = await ParquetFile.open(fileOf(`${name}.parquet`));
  return {
    name,
    rows: file.rows,
    async *messages() {
      for await (const group of file.rowGroups()) {
        for (let at = 0; at < group.rows; at += CHUNK)
          yield Array.from({ length: Math.min(CHUNK, group.rows - at) }, (_, index) => flight(name, group, at + index));
      }
    },
  };
}

function flight(name: string, { first, columns }: RowGroup, index: number): DatasetMessage {
  const row = Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[index]]));
  const { date, origin, delay, distance } = row;
  const value = { ...row, date: new Date(Number(date)), delay: Number(delay), distance: Number(distance) };
  return message(name, first + index, String(origin), value, Number(date));
}

/** Messages with the same key are in one partition. */
export const partitionOf = (key: Buffer): number => crc32(key) % PARTITIONS;

function message(name: string, row: number, keyText: string, value: object, timestamp: number): DatasetMessage {
  const key = Buffer.from(keyText);
  return {
    row,
    partition: partitionOf(key),
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
  return fileURLToPath(new URL(`../../../../node_modules/vega-datasets/data/${name}`, import.meta.url));
}

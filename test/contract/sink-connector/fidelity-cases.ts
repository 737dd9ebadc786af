import { expect } from '@jest/globals';
import type { ConnectRecord, Header } from '../../../src/api/index.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SinkHarness } from '../harness/sink-harness.ts';
import type { SinkBench } from './sink-bench.ts';

const MIB = 1024 * 1024;
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const header = (name: string, text: string): Header => ({ name, value: Buffer.from(text) });
const plain: ConnectRecord = { key: Buffer.from('key'), value: Buffer.from('value'), headers: [], timestamp: 1_700_000_000_000 };

/** What arrives is what was there. */
export function fidelityCases(bench: () => SinkBench, addCase: AddCase, { dropsHeaders }: SinkHarness): void {
  const cases: ReadonlyArray<Partial<ConnectRecord> & { readonly name: string }> = [
    { name: 'a value of 1 MiB, less what else a record has', value: Buffer.alloc(MIB - 4_096, everyByte) },
    { name: 'an empty value', value: Buffer.alloc(0) },
    { name: 'no value', value: null },
    { name: 'a key of every byte', key: everyByte },
    { name: 'a key with spaces and other letters', key: Buffer.from('Größe 東京 🚀') },
    { name: 'an empty key', key: Buffer.alloc(0) },
    { name: 'no key', key: null },
    { name: 'header names outside ASCII', headers: [header('Straße', 'ß'), header('名前', '花子'), header('🚀', '🛰️')] },
    { name: 'a header of every byte', headers: [{ name: 'bytes', value: everyByte }] },
    { name: 'an empty header and one that is null', headers: [header('empty', ''), { name: 'none', value: null }] },
    { name: 'a header that comes more than once', headers: [header('a', '1'), header('a', '2'), header('a', '1')] },
    { name: 'fifty headers', headers: Array.from({ length: 50 }, (_, index) => header(`header-${index}`, `${index}`)) },
  ];
  for (const { name, ...special } of cases.filter(({ headers }) => dropsHeaders !== true || headers === undefined))
    addCase(`keeps ${name}`, async () => {
      const copy = await bench().prepare({ queues: 1 });
      const written = [plain, { ...plain, ...special }, plain];
      await copy.put(0, written);
      await copy.sink.apply();
      await copy.settle();
      expect((await copy.target.read()).map(comparable)).toEqual(written.map((record) => comparable(copy.target.expected(record))));
    });
}

/** Headers by name: RocketMQ's clients don't keep the order of different names. */
function comparable({ key, value, headers, timestamp }: ConnectRecord): ConnectRecord {
  const sorted = headers.map(({ name, value: content }) => ({ name, value: content }));
  sorted.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { key, value, headers: sorted, ...(timestamp !== undefined && { timestamp: Number(timestamp) }) };
}

import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { sourceCases } from 'rocketmq-connect-serverless/conformance';
import * as connector from '../src/index.js';

/** @type {import('rocketmq-connect-serverless/conformance').SourceHarness} */
const harness = {
  connector,
  type: 'folder-lines-source',
  async createSource(count) {
    const folder = await mkdtemp(path.join(tmpdir(), 'folder-lines-'));
    const partitions = Array.from({ length: count }, (_, index) => `${index}.txt`);
    for (const name of partitions) await writeFile(path.join(folder, name), '');
    return {
      partitions,
      config: { folder },
      wrong: [{ config: { folder: path.join(folder, 'away') }, option: 'source.folder', code: 'NOT_FOUND' }],
      fill: (partition, records) => appendFile(path.join(folder, partition), records.map(({ value }) => `${value}\n`).join('')),
      remove: () => rm(folder, { recursive: true }),
    };
  },
};

for (const { name, run } of sourceCases(harness)) test(name, run);

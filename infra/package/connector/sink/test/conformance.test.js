import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { sinkCases } from 'rocketmq-connect-serverless/conformance';
import * as connector from '../src/index.js';

/** The records of a file. A line has nothing but a value. */
const recordsOf = (text) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ key: null, value: Buffer.from(line), headers: [] }));

/** @type {import('rocketmq-connect-serverless/conformance').SinkHarness} */
const harness = {
  connector,
  type: 'folder-lines-sink',
  async createTarget() {
    const folder = await mkdtemp(path.join(tmpdir(), 'folder-lines-'));
    return {
      config: { folder },
      wrong: [{ config: { folder: path.join(folder, 'away') }, option: 'sink.folder', code: 'NOT_FOUND' }],
      samples: [{ key: Buffer.from('a key'), value: Buffer.from('text, ünd more'), headers: [{ name: 'h', value: null }] }],
      refused: { key: null, value: Buffer.from('two\nlines'), headers: [] },
      expected: ({ value }) => ({ key: null, value, headers: [] }),
      async read() {
        const names = (await readdir(folder)).sort();
        const files = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
        return files.flatMap(recordsOf);
      },
      remove: () => rm(folder, { recursive: true }),
    };
  },
};

for (const { name, run } of sinkCases(harness)) test(name, run);

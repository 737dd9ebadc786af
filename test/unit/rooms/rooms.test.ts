import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { folderCircles } from '../../../infra/rooms/folder-circles.ts';
import { forbiddenImports } from '../../../infra/rooms/forbidden-imports.ts';
import { rooms } from '../../../infra/rooms/rooms.ts';

const PROJECT = path.resolve(import.meta.dirname, '../../..');

const sources = () =>
  Promise.all(
    globSync('{src,functions,infra,bench}/**/*.ts', { cwd: PROJECT }).map(async (file) => ({
      file,
      text: await readFile(path.join(PROJECT, file), 'utf8'),
    })),
  );

describe('an import', () => {
  it.each([
    ['src/api/x.ts', "import { connect } from 'node:net';"],
    ['src/api/x.ts', "import type { Task } from '../runtime/run/contracts.ts';"],
    ['src/api/deeper/x.ts', "import { spec } from '../../config/options.ts';"],
    ['src/config/x.ts', "import mysql from 'mysql2';"],
    ['src/config/x.ts', "import { runTask } from '../runtime/run-task.ts';"],
    ['src/config/x.ts', "const kafka = await import('../connectors/kafka/index.ts');"],
    ['src/connectors/kafka/x.ts', "import { Table } from '../mysql/tables/table.ts';"],
    ['src/connectors/kafka/x.ts', "import rhea from 'rhea';"],
    ['src/connectors/kafka/x.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['src/connectors/mysql/snapshot/x.ts', "import { copy } from '../../../runtime/source/copy.ts';"],
    ['src/connectors/mysql/snapshot/x.ts', "export * from '../../rabbitmq/config.ts';"],
    ['src/connectors/mysql/snapshot/deeper/x.ts', "type Lease = import('../../../../store/store.ts').TaskItem;"],
    ['src/connectors/registry-of-others.ts', "import { createPlanner } from '../runtime/planner/planner.ts';"],
    ['src/runtime/x.ts', "import { createDynamodbStore } from '../store/dynamodb/dynamodb-store.ts';"],
    ['src/runtime/run/x.ts', "import { copy } from '../source/copy.ts';"],
    ['src/runtime/source/x.ts', "import { createPlanner } from '../planner/planner.ts';"],
    ['src/runtime/planner/x.ts', "export { openProducer } from '../../rocketmq/open-producer.ts';"],
    ['src/runtime/planner/x.ts', "import { createSqsTrigger } from '../../triggers/sqs.ts';"],
    ['src/runtime/x.ts', "import { Kafka } from '@platformatic/kafka/dist/index.js';"],
    ['src/runtime/x.ts', "import { readFile } from 'node:fs/promises';"],
    ['src/store/dynamodb/x.ts', "import { createPlanner } from '../../runtime/planner/planner.ts';"],
    ['src/triggers/x.ts', "import { createDynamodbStore } from '../store/dynamodb/dynamodb-store.ts';"],
    ['src/rocketmq/remoting/x.ts', "import { retry } from '../../config/options.ts';"],
    ['src/rocketmq/x.ts', "const { Command } = require('commander');"],
    ['src/aws/x.ts', "import { parse } from '../config/options.ts';"],
    ['bench/x.ts', "import { harnesses } from '../test/contract/harness/registry.ts';"],
    ['src/new-room/x.ts', ''],
  ])('of %s is refused: %s', (file, text) => {
    expect(forbiddenImports([{ file, text }], rooms)).toEqual([expect.stringMatching(`^${file}: .*; `)]);
  });

  it.each([
    [
      'src/connectors/mysql/snapshot/x.ts',
      "import { ConnectError } from '../../../api/index.ts'; import { createPool } from 'mysql2/promise';",
    ],
    ['src/runtime/planner/x.ts', "import type { TaskItem } from '../../store/store.ts'; import pMap from 'p-map';"],
    ['functions/x.ts', "import { createPlanner } from '../src/runtime/planner/planner.ts';"],
    ['src/api/x.ts', "// import { connect } from 'node:net';\nconst text = \"from 'node:net'\";"],
  ])('of %s is allowed: %s', (file, text) => {
    expect(forbiddenImports([{ file, text }], rooms)).toEqual([]);
  });

  it('that a room may not have is nowhere in the sources', async () => {
    expect(forbiddenImports(await sources(), rooms)).toEqual([]);
  });
});

describe('folders that import each other', () => {
  it.each([
    ['by value', "import { b } from '../b/y.ts';"],
    ['by type', "import type { B } from '../b/y.ts';"],
    ['by a type in its place', "type B = import('../b/y.ts').B;"],
  ])('are found: %s', (_, text) => {
    const files = [
      { file: 'src/a/x.ts', text },
      { file: 'src/b/y.ts', text: "export * from './deeper/z.ts';" },
      { file: 'src/b/deeper/z.ts', text: "import '../../a/x.ts';" },
      { file: 'src/c/w.ts', text: "import '../a/x.ts';" },
    ];
    expect(folderCircles(files)).toEqual([['src/a', 'src/b', 'src/b/deeper']]);
  });

  it('are nowhere in the sources', async () => {
    expect(folderCircles(await sources())).toEqual([]);
  });
});

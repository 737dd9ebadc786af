/** This checks what a deployment uploads, and what an invocation that finds nothing to copy loads of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectorTypes } from '../../src/connectors/registry.ts';
import { Bundle } from './bundle/bundle.ts';

/**
 * Just above what the functions need. One `import { z } from 'zod'` in them would exceed it: esbuild keeps all of `z` then, with its texts in
 * all languages. `import * as z` lets it drop what nothing uses. 170 KiB of it are RocketMQ's client for gRPC, which only those tasks load that
 * are configured so.
 */
const MAX_ZIP_BYTES = 1412 * 1024;
/** Each costs 0.3 ms of a cold start, however small it is. */
const MAX_FILES = 28;
interface IdlePath {
  /** The task function, the task class, and what that loads even where there is nothing to copy. */
  readonly sources: readonly string[];
  /** The system's client: each task loads its own and no other. */
  readonly client: RegExp;
  /** Just above what is loaded, in KiB of the bundle. */
  readonly maxKib: number;
}

/** All that an invocation without records loads, for each source of `src/connectors/registry.ts`. */
const IDLE_PATHS: Readonly<Record<string, IdlePath>> = {
  kafka: {
    sources: ['functions/task.ts', 'src/connectors/kafka/source.ts'],
    client: /node_modules\/@platformatic\/kafka\//,
    maxKib: 458,
  },
  rabbitmq: {
    sources: ['functions/task.ts', 'src/connectors/rabbitmq/source.ts', 'node_modules/amqplib/channel_api.js'],
    client: /node_modules\/amqplib\//,
    maxKib: 461,
  },
  activemq: {
    sources: ['functions/task.ts', 'src/connectors/activemq/source.ts'],
    client: /node_modules\/rhea\//,
    maxKib: 431,
  },
  // The task that has the log looks whether that goes on.
  mysql: {
    sources: ['functions/task.ts', 'src/connectors/mysql/source.ts', 'src/connectors/mysql/log/log-task.ts'],
    client: /node_modules\/mysql2\//,
    maxKib: 907,
  },
};
/** A task loads everything besides its source later: with the first record, the first continuation or the first secret. */
const NOT_WHEN_IDLE = [
  /node_modules\/(zod|yaml|croner|commander|ajv|avsc|google-protobuf|protobufjs|rocketmq-client-nodejs|@grpc)\//,
  /node_modules\/@aws-sdk\/client-(?!dynamodb\/)/,
  // Code that handles these errors imports their class.
  /src\/rocketmq\/(?!types\.ts)/,
  /src\/runtime\/source\/(record|dead-letter|queue)-sender\.ts/,
  /src\/(cli|triggers|tracing)\//,
  // Sinks, and what only they need of a system.
  /src\/runtime\/sink\//,
  /src\/connectors\/[a-z]+\/(sink|protocol\/(produce|publish|send))\//,
];
/** All that a sink loads that has records to write. */
const SINK_PATHS: Readonly<Record<string, readonly string[]>> = {
  activemq: ['functions/task.ts', 'src/runtime/sink/run-sink.ts', 'src/rocketmq/queues.ts', 'src/connectors/activemq/sink/sink.ts'],
  kafka: ['functions/task.ts', 'src/runtime/sink/run-sink.ts', 'src/rocketmq/queues.ts', 'src/connectors/kafka/sink/sink.ts'],
  lambda: ['functions/task.ts', 'src/runtime/sink/run-sink.ts', 'src/rocketmq/queues.ts', 'src/connectors/lambda/sink.ts'],
  rabbitmq: [
    ...['functions/task.ts', 'src/runtime/sink/run-sink.ts', 'src/rocketmq/queues.ts'],
    ...['src/connectors/rabbitmq/sink/sink.ts', 'node_modules/amqplib/channel_api.js'],
  ],
  mysql: ['functions/task.ts', 'src/runtime/sink/run-sink.ts', 'src/rocketmq/queues.ts', 'src/connectors/mysql/sink/sink.ts'],
};
/** The same of one that has none, of whatever system: no client. */
const IDLE_SINK_PATH = ['functions/task.ts', 'src/runtime/sink/run-sink.ts', 'src/rocketmq/queues.ts'];
/** Specs, and what sends dead letters. */
const NOT_IN_SINKS = [
  /node_modules\/(zod|yaml|croner|commander|ajv|avsc|google-protobuf|protobufjs|rocketmq-client-nodejs|@grpc)\//,
  /src\/rocketmq\/(remoting-producer|send-lane|send-request)\.ts/,
  /src\/(cli|triggers)\//,
];

const problems: string[] = [];
const note = (line: string) => process.stdout.write(`${line}\n`);

const { status } = spawnSync(process.execPath, ['node_modules/.bin/sls', 'package', '--region', 'us-east-1'], { stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(1);
const zipBytes = statSync('.serverless/rocketmq-connect.zip').size;
note(`zip: ${(zipBytes / 1024).toFixed(0)} KiB of ${MAX_ZIP_BYTES / 1024} KiB`);
if (zipBytes > MAX_ZIP_BYTES) problems.push(`the zip has ${zipBytes} bytes, more than ${MAX_ZIP_BYTES}`);

const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
try {
  const bundle = await Bundle.build({ folder });
  const listed = [
    ...Object.keys(IDLE_PATHS).map((system) => `${system}-source`),
    ...Object.keys(SINK_PATHS).map((system) => `${system}-sink`),
  ];
  const unlisted = Object.keys(connectorTypes).filter((type) => !listed.includes(type));
  for (const type of unlisted) problems.push(`nothing says what a task of ${type} loads: add it to IDLE_PATHS or SINK_PATHS`);
  for (const [system, { sources, client, maxKib }] of Object.entries(IDLE_PATHS)) {
    const loaded = bundle.loadedBy(sources);
    const kib = [...loaded.values()].reduce((sum, size) => sum + size, 0) / 1024;
    const files = bundle.filesLoadedBy(sources).size;
    note(`idle ${system} task: loads ${kib.toFixed(0)} KiB of ${maxKib} KiB, ${loaded.size} modules in ${files} files`);
    if (files > MAX_FILES) problems.push(`an idle ${system} task loads ${files} files, more than ${MAX_FILES}: its start takes longer`);
    if (kib > maxKib) problems.push(`an idle ${system} task loads ${kib.toFixed(0)} KiB, more than ${maxKib} KiB`);
    const all = [...loaded.keys()];
    for (const source of all.filter((source) => NOT_WHEN_IDLE.some((pattern) => pattern.test(source)))) {
      problems.push(`an idle ${system} task loads ${source}`);
    }
    if (!all.some((source) => client.test(source))) problems.push(`an idle ${system} task loads no client: correct IDLE_PATHS`);
    for (const [other, { client }] of Object.entries(IDLE_PATHS)) {
      const found = other === system ? undefined : all.find((source) => client.test(source));
      if (found !== undefined) problems.push(`an idle ${system} task loads ${found}, the client of ${other}`);
    }
  }
  const clients = Object.values(IDLE_PATHS).map(({ client }) => client);
  const sinks = Object.entries(SINK_PATHS).map(([system, sources]) => ({ name: `a ${system} sink task`, sources, not: NOT_IN_SINKS }));
  for (const { name, sources, not } of [
    { name: 'an idle sink task', sources: IDLE_SINK_PATH, not: [...NOT_IN_SINKS, ...clients] },
    ...sinks,
  ]) {
    const loaded = bundle.loadedBy(sources);
    const kib = [...loaded.values()].reduce((sum, size) => sum + size, 0) / 1024;
    note(`${name}: loads ${kib.toFixed(0)} KiB of ${loaded.size} modules`);
    const found = [...loaded.keys()].filter((source) => not.some((pattern) => pattern.test(source)));
    problems.push(...found.map((source) => `${name} loads ${source}`));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** This checks what a deployment uploads, and what an invocation that finds nothing to copy loads of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Bundle } from './bundle/bundle.ts';

/**
 * Just above what the functions need. One `import { z } from 'zod'` in them would exceed it: esbuild keeps all of `z` then, with its texts in
 * all languages. `import * as z` lets it drop what nothing uses.
 */
const MAX_ZIP_BYTES = 1328 * 1024;
/** The task function, the task class and the client that it loads, which are all of an invocation without records. */
const IDLE_PATHS = {
  kafka: ['functions/task.ts', 'src/connectors/kafka/source.ts'],
  rabbitmq: ['functions/task.ts', 'src/connectors/rabbitmq/source.ts', 'node_modules/amqplib/channel_api.js'],
  activemq: ['functions/task.ts', 'src/connectors/activemq/source.ts'],
};
/** Each task loads its own client and no other. */
const CLIENTS = {
  kafka: /node_modules\/@platformatic\/kafka\//,
  rabbitmq: /node_modules\/amqplib\//,
  activemq: /node_modules\/rhea\//,
};
/** A task loads everything besides its source later: with the first record, the first continuation or the first secret. */
const NOT_WHEN_IDLE = [
  /node_modules\/(zod|yaml|croner|commander|ajv|avsc|google-protobuf|protobufjs|rocketmq-client-nodejs|@grpc)\//,
  /node_modules\/@aws-sdk\/client-(?!dynamodb\/)/,
  // Code that handles these errors imports their class.
  /src\/rocketmq\/(?!types\.ts)/,
  /src\/runtime\/source\/(record|dead-letter|queue)-sender\.ts/,
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
  for (const [system, sources] of Object.entries(IDLE_PATHS)) {
    const loaded = bundle.loadedBy(sources);
    const bytes = [...loaded.values()].reduce((sum, size) => sum + size, 0);
    note(`idle ${system} task: loads ${(bytes / 1024).toFixed(0)} KiB of ${loaded.size} modules`);
    for (const source of loaded.keys()) {
      if (NOT_WHEN_IDLE.some((pattern) => pattern.test(source))) problems.push(`an idle ${system} task loads ${source}`);
    }
    for (const [client, pattern] of Object.entries(CLIENTS)) {
      const found = [...loaded.keys()].find((source) => pattern.test(source));
      if (client === system && found === undefined) problems.push(`an idle ${system} task loads no client: correct IDLE_PATHS`);
      if (client !== system && found !== undefined) problems.push(`an idle ${system} task loads ${found}, the client of ${client}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

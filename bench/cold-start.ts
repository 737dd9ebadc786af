import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Bundle } from '../infra/serverless/bundle/bundle.ts';
import { type Bench, type Row, row } from './row.ts';

const ROUNDS = 20;
const BASELINE = 'bench/cold-start/baseline.ts';
const LOAD = path.join(import.meta.dirname, 'cold-start/load.mjs');

/** An invocation loads these one after the other: the function, then what it turns out to need. */
const PATHS = {
  'cold-start/baseline': [BASELINE],
  'cold-start/task': ['functions/task.ts', 'src/connectors/kafka/source.ts'],
  'cold-start/task-copying': [
    'functions/task.ts',
    'src/connectors/kafka/source.ts',
    'src/runtime/source/record-sender.ts',
    'src/transport/index.ts',
  ],
  'cold-start/planner': ['functions/planner.ts', 'src/triggers/sqs.ts'],
  'cold-start/planner-applying': [
    'functions/planner.ts',
    'src/config/parse-connector-file.ts',
    'src/connectors/kafka/index.ts',
    'src/connectors/kafka/plan/check.ts',
    'src/transport/check-topic.ts',
    'src/triggers/eventbridge-scheduler.ts',
  ],
} as const;

/** A deployment gives a function these settings. */
const ENV = {
  AWS_REGION: 'eu-central-1',
  CONNECT_TABLE: 'table',
  CONNECT_TASK_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/tasks',
  CONNECT_SCHEDULE_GROUP: 'group',
  CONNECT_TASK_QUEUE_ARN: 'arn:aws:sqs:eu-central-1:123456789012:tasks',
  CONNECT_WATCH_ARN: 'arn:aws:lambda:eu-central-1:123456789012:function:watch',
  CONNECT_SCHEDULER_ROLE_ARN: 'arn:aws:iam::123456789012:role/scheduler',
  POWERTOOLS_METRICS_NAMESPACE: 'RocketMQConnect',
};

/**
 * Measures load and init of the built bundle in a fresh process, best of several. The baseline is a handler with the DynamoDB client alone.
 */
export const coldStart: Bench = {
  names: ['cold-start/task', 'cold-start/planner'],
  servers: [],
  async run({ progress }) {
    progress('cold-start: fresh processes');
    // The folder is outside the project, because a function finds no package beside it either.
    const folder = await mkdtemp(path.join(tmpdir(), 'cold-start-'));
    try {
      return rows(await fastest(await filesByRow(folder)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function filesByRow(folder: string): Promise<Map<string, string[]>> {
  const bundle = await Bundle.build({ folder, others: [BASELINE] });
  const files = new Map<string, string[]>();
  for (const [name, sources] of Object.entries(PATHS)) {
    files.set(
      name,
      sources.map((source) => pathToFileURL(bundle.fileOf(source)).href),
    );
  }
  return files;
}

/** Each round starts one process of each kind, so that a busy moment affects all of them. */
async function fastest(files: ReadonlyMap<string, readonly string[]>): Promise<Map<string, number>> {
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, modules] of files) {
      const ms = Number(execFileSync(process.execPath, [LOAD, ...modules], { env: ENV, encoding: 'utf8' }));
      best.set(name, Math.min(ms, best.get(name) ?? Number.POSITIVE_INFINITY));
    }
  }
  return best;
}

function rows(best: ReadonlyMap<string, number>): Row[] {
  const baseline = best.get('cold-start/baseline') as number;
  return [...best].filter(([name]) => name !== 'cold-start/baseline').map(([name, ms]) => row(name, ms, 'ms', baseline));
}

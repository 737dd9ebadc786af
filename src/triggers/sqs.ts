import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchResultErrorEntry, SendMessageBatchCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { ConnectError } from '../api/index.ts';
import { CLIENT_DEFAULTS } from '../aws/client-defaults.ts';
import { awsError } from '../aws/errors.ts';
import { PartlyStarted, startEach } from './start-each.ts';
import { eventText } from './task-event.ts';
import type { FireOptions, Standing, SyncResult, TaskEvent, TaskTrigger } from './trigger.ts';

export interface SqsTriggerOptions {
  readonly queueUrl: string;
  /** Default: what the SDK takes from its environment. */
  readonly client?: SQSClientConfig;
}

/** What one SendMessageBatch takes. */
const MAX_ENTRIES = 10;
const MAX_DELAY_MS = 900_000;
const CONCURRENCY = 8;
/** So many attempts are made for entries that the queue refused while it took others. */
const ATTEMPTS = 5;
const BACKOFF_MS = 100;

/** Creates the trigger: one message per task, in a queue that the task function reads. */
export function createSqsTrigger({ queueUrl, client: config }: SqsTriggerOptions): TaskTrigger {
  const client = new SQSClient({ ...CLIENT_DEFAULTS, ...config });
  const subject = { what: `task queue ${queueUrl}`, createIt: 'deploy it with `sls deploy`, or correct the URL' };

  async function send(chunk: readonly TaskEvent[], delayMs: number): Promise<BatchResultErrorEntry[]> {
    const Entries = chunk.map((event, n) => ({ Id: String(n), MessageBody: eventText(event), DelaySeconds: delayOf(event, delayMs) }));
    try {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return Failed;
    } catch (error) {
      throw awsError(error, subject);
    }
  }

  async function start(chunk: readonly TaskEvent[], delayMs: number): Promise<void> {
    let left = chunk;
    for (let attempt = 1; ; attempt += 1) {
      const failed = await send(left, delayMs);
      const [first] = failed;
      if (first === undefined) return;
      const refused = failed.some(({ SenderFault }) => SenderFault);
      if (refused || attempt === ATTEMPTS) {
        const said = `${subject.what}: ${first.Code}: ${first.Message ?? 'no reason given'}`;
        throw new PartlyStarted(failed.length, new ConnectError(refused ? 'INTERNAL' : 'THROTTLED', said, { remedy: 'try again later' }));
      }
      const ids = new Set(failed.map(({ Id }) => Number(Id)));
      left = left.filter((_, n) => ids.has(n));
      await sleep(BACKOFF_MS * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }

  return {
    async fire(tasks: readonly TaskEvent[], { delayMs = 0 }: FireOptions = {}) {
      await startEach(tasks, { chunkSize: MAX_ENTRIES, concurrency: CONCURRENCY }, (chunk) => start(chunk, delayMs));
    },
    sync: refuseSchedule,
    hasten: async () => undefined,
    close: async () => client.destroy(),
  };
}

/** Whole seconds. What is to start later than a message can wait comes too early, and the task has it wait once more. */
function delayOf({ startAt = 0 }: TaskEvent, delayMs: number): number {
  return Math.ceil(Math.min(MAX_DELAY_MS, Math.max(delayMs, startAt - Date.now())) / 1_000);
}

/** A queue holds no schedules. */
async function refuseSchedule({ connector, schedule }: Standing): Promise<SyncResult> {
  if (schedule !== undefined) {
    throw new ConnectError('CONFIG_INVALID', `trigger.schedule of connector ${connector} can't be held here: ${schedule.expression}`, {
      remedy: 'leave trigger.schedule out, or run it where there are schedules: on AWS, or with the dev command',
    });
  }
  return { created: 0, changed: 0, deleted: 0, kept: 0 };
}

import './small-young-generation.ts';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { toConnectError } from '../src/api/errors.ts';
import type { Invocation, TaskOutcome } from '../src/runtime/run/contracts.ts';
import { runTask } from '../src/runtime/run-task.ts';
import type { LookEvent, TaskEvent } from '../src/triggers/trigger.ts';
import { connectLogger } from './connect-logger.ts';
import { packages } from './packages.ts';
import { registryWith } from './registry.ts';
import { createTaskDeps } from './task-deps.ts';
import { bodyOf, isLookEvent, isSqsEvent, taskEvent } from './task-event.ts';
import { emitTaskMetrics } from './task-metrics.ts';

const logger = new Logger();
const metrics = new Metrics();
const log = connectLogger(logger);
const deps = createTaskDeps(log, await registryWith(packages));
const perTask = process.env.CONNECT_METRICS_PER_TASK === 'true';
const memoryMb = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) || undefined;
/** How long this process took to start, in ms, which AWS bills with its first invocation. */
let coldStartMs = performance.now();

/**
 * Runs one task. The event is the task's (EventBridge Scheduler, asynchronous invocation) or carries it in SQS messages.
 * A task that fails is not a failed invocation: its item keeps the failure and the next trigger tries again. Throws, or
 * returns the message to its queue, only when the event is malformed, the table can't be reached, or a start that is due
 * could not be asked for.
 */
export async function handler(event: TaskEvent | SQSEvent, context: Context): Promise<TaskOutcome | SQSBatchResponse> {
  logger.addContext(context);
  if (!isSqsEvent(event)) return direct(event, context);
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body, attributes } of event.Records) {
    const repeated = Number(attributes?.ApproximateReceiveCount) > 1;
    const event = bodyOf(body);
    const owed = await (isLookEvent(event) ? startAll(event) : run(event, context, { queued: true, repeated })).then(
      (outcome) => outcome.owed === true,
      () => true,
    );
    if (owed) batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
}

/**
 * Runs an event that came directly. Lambda delivers again what is thrown: twice, then to the dead letters. An event that is no task's never
 * becomes one.
 */
async function direct(event: unknown, context: Context): Promise<TaskOutcome | SQSBatchResponse> {
  try {
    taskEvent(event);
  } catch (error) {
    log.error('task not run', { reason: toConnectError(error).line });
    return { batchItemFailures: [] };
  }
  const outcome = await run(event, context);
  if (outcome.owed === true) throw new Error(`the next start of task ${outcome.connector}/${outcome.task} could not be asked for`);
  return outcome;
}

/** A look that failed to the last comes back from the dead letters: all tasks start, as they do where it is not known what is pending. */
async function startAll({ connector }: LookEvent): Promise<Pick<TaskOutcome, 'owed'>> {
  try {
    const tasks = await deps.store.listTasks(connector);
    await deps.continuation.fire(tasks);
    log.info('tasks started', { connector, started: tasks.length });
    return {};
  } catch (error) {
    log.error('tasks not started', { connector, reason: toConnectError(error).line, error });
    throw error;
  }
}

async function run(event: unknown, context: Context, delivery: Pick<Invocation, 'queued' | 'repeated'> = {}): Promise<TaskOutcome> {
  try {
    const { connector, task } = taskEvent(event);
    logger.appendKeys({ connector, task });
    const remaining = context.getRemainingTimeInMillis();
    const begunAt = Date.now() - coldStartMs;
    coldStartMs = 0;
    const outcome = await runTask(event as TaskEvent, deps, {
      deadline: Date.now() + remaining,
      owner: context.awsRequestId,
      ...delivery,
      begunAt,
      ...(memoryMb !== undefined && { memoryMb }),
      signal: AbortSignal.timeout(remaining),
    });
    log.info('task done', { ...outcome });
    emitTaskMetrics(metrics, outcome, perTask);
    return outcome;
  } catch (error) {
    log.error('task not run', { reason: toConnectError(error).line, error });
    throw error;
  } finally {
    logger.resetKeys();
  }
}

import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { toConnectError } from '../src/api/errors.ts';
import { type Look, look } from '../src/runtime/watch/look.ts';
import type { LookEvent } from '../src/triggers/trigger.ts';
import { connectLogger } from './connect-logger.ts';
import { packages } from './packages.ts';
import { registryWith } from './registry.ts';
import { lookEvent } from './task-event.ts';
import { createWatchDeps } from './watch-deps.ts';

const logger = new Logger();
const log = connectLogger(logger);
const deps = createWatchDeps(log, await registryWith(packages));

/**
 * Takes a look at one connector, as its schedule asks. It logs only what it starts. A throw has Lambda invoke it again, twice, and then keep
 * the event as a dead letter of the task queue. An event that names no connector never becomes one that does.
 */
export async function handler(event: unknown, context: Context): Promise<Look | undefined> {
  logger.addContext(context);
  let wanted: LookEvent;
  try {
    wanted = lookEvent(event);
  } catch (error) {
    log.error('no look taken', { reason: toConnectError(error).line });
    return undefined;
  }
  try {
    const { connector, schedule } = wanted;
    const signal = AbortSignal.timeout(context.getRemainingTimeInMillis());
    const taken = await look(connector, deps, { signal, ...(schedule !== undefined && { schedule }) });
    if (taken.started > 0) log.info('tasks started', { ...taken });
    return taken;
  } catch (error) {
    log.error('no look taken', { connector: wanted.connector, reason: toConnectError(error).line, error });
    throw error;
  }
}

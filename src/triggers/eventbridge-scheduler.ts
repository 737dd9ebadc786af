import { randomBytes } from 'node:crypto';
import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  paginateListSchedules,
  ResourceNotFoundException,
  SchedulerClient,
  type SchedulerClientConfig,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import pMap from 'p-map';
import { CLIENT_DEFAULTS } from '../aws/client-defaults.ts';
import { kindOfSchedule, scheduleName, schedulePrefix } from './schedule-name.ts';
import { type Definition, lookEventText, minutesOf, schedulerError } from './scheduler-requests.ts';
import { startEach } from './start-each.ts';
import { eventText } from './task-event.ts';
import type { Schedule, Standing, SyncResult, TaskEvent, TaskTrigger } from './trigger.ts';

export interface SchedulerTriggerOptions {
  /** The schedule group, which must exist. */
  readonly group: string;
  /** The task queue, for starts of single tasks. */
  readonly queueArn: string;
  /** The watch function, which the schedules invoke. */
  readonly watchArn: string;
  /** The role that lets EventBridge Scheduler do both. */
  readonly roleArn: string;
  /** Default: what the SDK takes from its environment. */
  readonly client?: SchedulerClientConfig;
}

interface Found {
  readonly name: string;
  readonly kind: 'watch' | 'task';
  readonly enabled: boolean;
}

/** With so many at a time and the client's retries, requests stay within the service's rates (hundreds a second). */
const CONCURRENCY = 16;
/** 10,000 tasks at once reach the rate limits now and then. */
const MAX_ATTEMPTS = 10;
const PAGE = 100;
/**
 * This is for the delivery to queue or function, not for the invocation. A start that comes late or twice does no harm, and one that is lost may
 * cost a day. So it is tried for an hour.
 */
const RETRY_POLICY = { MaximumRetryAttempts: 60, MaximumEventAgeInSeconds: 3_600 };
/** A one-time schedule must still be ahead when the service gets it. */
const LEAD_MS = 3_000;

/** Keeps one schedule per connector, in one schedule group. */
class SchedulerTrigger implements TaskTrigger {
  readonly #client: SchedulerClient;
  readonly #options: SchedulerTriggerOptions;

  constructor(options: SchedulerTriggerOptions) {
    this.#options = options;
    this.#client = new SchedulerClient({ ...CLIENT_DEFAULTS, maxAttempts: MAX_ATTEMPTS, ...options.client });
  }

  /** Starts tasks by one-time schedules that delete themselves. The service starts them within a minute. */
  async fire(tasks: readonly TaskEvent[], { delayMs = 0 } = {}): Promise<void> {
    const time = new Date(Date.now() + Math.max(delayMs, LEAD_MS)).toISOString().slice(0, -5);
    await startEach(tasks, { chunkSize: 1, concurrency: CONCURRENCY }, async (chunk) => {
      for (const event of chunk) {
        const Name = `${schedulePrefix(event.connector)}${event.task}-${randomBytes(3).toString('hex')}`;
        const definition: Definition = {
          ...this.#definition(this.#options.queueArn, eventText(event), { expression: `at(${time})`, timeZone: 'UTC' }),
          ActionAfterCompletion: 'DELETE',
        };
        await this.#run(() => this.#client.send(new CreateScheduleCommand({ ...definition, Name })));
      }
    });
  }

  /**
   * Creates and switches on before it deletes. If it dies in between, two schedules start the same tasks, which does no harm. Schedules of
   * single tasks are what an earlier version kept.
   */
  async sync(standing: Standing): Promise<SyncResult> {
    const { connector, schedule, enabled } = standing;
    const wanted = stands(standing) ? this.#wanted(connector, standing.schedule, enabled) : undefined;
    const found = await this.#list(connector);
    const same = found.find(({ name }) => name === wanted?.Name);
    const isSwitched = same !== undefined && same.enabled !== enabled;
    const isHastened = same !== undefined && schedule?.idleMinutes !== undefined;
    const others = found.filter((one) => one !== same);
    const replaced = others.filter(({ kind }) => kind === 'watch').length;

    if (wanted !== undefined && same === undefined) await this.#run(() => this.#create(wanted));
    if (wanted !== undefined && (isSwitched || isHastened)) await this.#run(() => this.#update(wanted));
    await this.#each(others, ({ name }) => this.#delete(name));

    const created = wanted !== undefined && same === undefined && replaced === 0 ? 1 : 0;
    const changed = wanted !== undefined && (isSwitched || (same === undefined && replaced > 0)) ? 1 : 0;
    const deleted = others.length - (wanted !== undefined ? replaced : 0);
    return { created, changed, deleted, kept: same !== undefined && !isSwitched ? 1 : 0 };
  }

  /** It creates nothing: whoever deleted the schedule in the meantime, for a pause or a delete, has the last word. */
  async hasten(standing: Standing): Promise<void> {
    if (!stands(standing) || standing.schedule.idleMinutes === undefined) return;
    const wanted = this.#wanted(standing.connector, standing.schedule, true);
    await this.#run(async () => {
      await this.#client.send(new UpdateScheduleCommand(wanted)).catch(unlessGone);
    });
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  /** The name of a schedule whose interval looks change does not depend on the interval that it has now. */
  #wanted(connector: string, schedule: Schedule, enabled: boolean): CreateScheduleCommandInput {
    const { watchArn } = this.#options;
    const definition = this.#definition(watchArn, lookEventText({ connector }), schedule);
    const State = enabled ? 'ENABLED' : 'DISABLED';
    const { expression, idleMinutes } = schedule;
    if (idleMinutes === undefined) return { ...definition, Name: scheduleName(connector, definition), State };
    const Name = scheduleName(connector, { ...definition, idleMinutes });
    const Input = lookEventText({ connector, schedule: { name: Name, minutes: minutesOf(expression) } });
    return { ...this.#definition(watchArn, Input, schedule), Name, State };
  }

  #definition(Arn: string, Input: string, { expression, timeZone }: Schedule): Definition {
    const { group, roleArn } = this.#options;
    return {
      GroupName: group,
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: timeZone,
      // People who write a time mean it.
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn, RoleArn: roleArn, Input, RetryPolicy: RETRY_POLICY },
    };
  }

  async #list(connector: string): Promise<Found[]> {
    return this.#run(async () => {
      const found: Found[] = [];
      const query = { GroupName: this.#options.group, NamePrefix: schedulePrefix(connector) };
      for await (const { Schedules = [] } of paginateListSchedules({ client: this.#client, pageSize: PAGE }, query)) {
        for (const { Name: name = '', State } of Schedules) {
          const kind = kindOfSchedule(connector, name);
          if (kind !== undefined) found.push({ name, kind, enabled: State === 'ENABLED' });
        }
      }
      return found;
    });
  }

  async #create(input: CreateScheduleCommandInput): Promise<void> {
    try {
      await this.#client.send(new CreateScheduleCommand(input));
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
      // An answer was lost, or the list was a moment behind. By its name it is the same schedule.
      await this.#client.send(new UpdateScheduleCommand(input));
    }
  }

  async #update(input: CreateScheduleCommandInput): Promise<void> {
    try {
      await this.#client.send(new UpdateScheduleCommand(input));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      // The list was a moment behind.
      await this.#create(input);
    }
  }

  async #delete(Name: string): Promise<void> {
    await this.#client.send(new DeleteScheduleCommand({ GroupName: this.#options.group, Name })).catch(unlessGone);
  }

  async #each<T>(list: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
    await this.#run(() => pMap(list, work, { concurrency: CONCURRENCY }));
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw schedulerError(error, this.#options.group);
    }
  }
}

/** A schedule whose interval looks change is not switched off but deleted: a look that is under way then changes nothing more. */
const stands = (standing: Standing): standing is Standing & Required<Pick<Standing, 'schedule'>> =>
  standing.schedule !== undefined && standing.tasks > 0 && (standing.enabled || standing.schedule.idleMinutes === undefined);

function unlessGone(error: unknown): void {
  if (!(error instanceof ResourceNotFoundException)) throw error;
}

/** Creates the trigger. It opens no connection before the first call. */
export const createSchedulerTrigger = (options: SchedulerTriggerOptions): TaskTrigger => new SchedulerTrigger(options);

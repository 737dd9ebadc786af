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
import { ConnectError } from '../api/index.ts';
import { CLIENT_DEFAULTS } from '../aws/client-defaults.ts';
import { awsError } from '../aws/errors.ts';
import { scheduleName, schedulePrefix, taskOfSchedule } from './schedule-name.ts';
import { startEach } from './start-each.ts';
import { eventText } from './task-event.ts';
import type { Schedule, Standing, SyncResult, TaskEvent, TaskTrigger } from './trigger.ts';

export interface SchedulerTriggerOptions {
  /** The schedule group, which must exist. */
  readonly group: string;
  /** The task queue: it bounds how many tasks start at once, brings a start back whose invocation died, and keeps dead letters. */
  readonly targetArn: string;
  /** The role that lets EventBridge Scheduler send to the queue. */
  readonly roleArn: string;
  /** Default: what the SDK takes from its environment. */
  readonly client?: SchedulerClientConfig;
}

type Definition = Omit<CreateScheduleCommandInput, 'Name' | 'State'>;

interface Found {
  readonly name: string;
  readonly task: number;
  readonly enabled: boolean;
}

/** With so many at a time and the client's retries, requests stay within the service's rates (hundreds a second). */
const CONCURRENCY = 16;
/** 10,000 tasks at once reach the rate limits now and then. */
const MAX_ATTEMPTS = 10;
const PAGE = 100;
/**
 * This is for the delivery to the queue, not for the invocation. A start that comes late or twice does no harm, and one that is lost may
 * cost a day. So it is tried for an hour.
 */
const RETRY_POLICY = { MaximumRetryAttempts: 60, MaximumEventAgeInSeconds: 3_600 };
/** A one-time schedule must still be ahead when the service gets it. */
const LEAD_MS = 3_000;

/** Keeps one schedule per task, in one schedule group. */
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
          ...this.#definition(event, { expression: `at(${time})`, timeZone: 'UTC' }),
          ActionAfterCompletion: 'DELETE',
        };
        await this.#run(() => this.#client.send(new CreateScheduleCommand({ ...definition, Name })));
      }
    });
  }

  /** Creates schedules before it deletes others: a death in between has a task started twice, which does no harm. */
  async sync(standing: Standing): Promise<SyncResult> {
    const { connector, tasks, schedule, enabled } = standing;
    const State = enabled ? 'ENABLED' : 'DISABLED';
    const wanted = Array.from({ length: schedule === undefined ? 0 : tasks }, (_, task) => {
      const definition = this.#definition({ connector, task }, schedule);
      return {
        task,
        input: { ...definition, Name: scheduleName(connector, task, definition), State } satisfies CreateScheduleCommandInput,
      };
    });
    const found = await this.#list(connector);
    const enabledByName = new Map(found.map((one) => [one.name, one.enabled]));
    const names = new Set(wanted.map(({ input }) => input.Name));

    const missing = wanted.filter(({ input }) => !enabledByName.has(input.Name));
    const switched = wanted.filter(({ input }) => enabledByName.get(input.Name) === !enabled);
    const obsolete = found.filter(({ name }) => !names.has(name));
    await this.#each(missing, ({ input }) => this.#create(input));
    await this.#each(switched, ({ input }) => this.#client.send(new UpdateScheduleCommand(input)));
    await this.#each(obsolete, ({ name }) => this.#delete(name));

    const stood = new Set(found.map(({ task }) => task));
    const created = missing.filter(({ task }) => !stood.has(task)).length;
    const deleted = [...stood].filter((task) => task >= wanted.length).length;
    const changed = missing.length - created + switched.length;
    return { created, changed, deleted, kept: wanted.length - missing.length - switched.length };
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #definition(event: TaskEvent, schedule: Schedule | undefined): Definition {
    const { group, targetArn, roleArn } = this.#options;
    const window = schedule?.windowMinutes;
    return {
      GroupName: group,
      ScheduleExpression: schedule?.expression,
      ScheduleExpressionTimezone: schedule?.timeZone,
      // Without a window a task starts exactly then: people who write a time mean it, and the queue takes a burst.
      FlexibleTimeWindow: window === undefined ? { Mode: 'OFF' } : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: window },
      Target: { Arn: targetArn, RoleArn: roleArn, Input: eventText(event), RetryPolicy: RETRY_POLICY },
    };
  }

  async #list(connector: string): Promise<Found[]> {
    return this.#run(async () => {
      const found: Found[] = [];
      const query = { GroupName: this.#options.group, NamePrefix: schedulePrefix(connector) };
      for await (const { Schedules = [] } of paginateListSchedules({ client: this.#client, pageSize: PAGE }, query)) {
        for (const { Name: name = '', State } of Schedules) {
          const task = taskOfSchedule(connector, name);
          if (task !== undefined) found.push({ name, task, enabled: State === 'ENABLED' });
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

  async #delete(Name: string): Promise<void> {
    try {
      await this.#client.send(new DeleteScheduleCommand({ GroupName: this.#options.group, Name }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  async #each<T>(list: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
    await this.#run(() => pMap(list, work, { concurrency: CONCURRENCY }));
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'ValidationException') {
        throw new ConnectError('CONFIG_INVALID', `EventBridge Scheduler refused the schedule: ${message}`, {
          remedy: 'correct trigger.schedule, trigger.timeZone and trigger.windowMinutes',
          cause: error,
        });
      }
      throw awsError(error, { what: `schedule group ${this.#options.group}`, createIt: 'deploy it with `sls deploy`' });
    }
  }
}

/** Creates the trigger. It opens no connection before the first call. */
export const createSchedulerTrigger = (options: SchedulerTriggerOptions): TaskTrigger => new SchedulerTrigger(options);

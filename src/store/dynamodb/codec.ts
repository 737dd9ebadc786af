import type { ConnectorItem, Positions, RunItem, StagedTask, TaskItem, TaskRef, TaskToWatch } from '../store.ts';
import { type Key, runOfKey, taskOfKey } from './keys.ts';
import type { Attributes } from './table.ts';
import { EXPIRES_AT } from './table-definition.ts';

type Stored<T> = T & Key;

/** A task as it is stored. The counters lie flat, because DynamoDB adds to top-level attributes only. Positions are a map. */
type StoredTask = Stored<Omit<TaskItem, keyof TaskRef | 'positions' | 'counters' | 'staged' | 'skips'>> &
  Partial<TaskItem['counters']> & {
    readonly positions: Record<string, string>;
    readonly staged?: StoredStaged;
    readonly skips?: Set<string>;
  };

type StoredStaged =
  | (Omit<Extract<StagedTask, { remove: false }>, 'positions'> & { readonly positions?: Record<string, string> })
  | Extract<StagedTask, { remove: true }>;

const toPositions = (stored: Record<string, string>): Positions => new Map(Object.entries(stored));

/** Returns the named attributes that are present. */
function pick<T, K extends keyof T>(from: T, ...keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
}

export function toConnectorItem(attributes: Attributes): ConnectorItem {
  const stored = attributes as unknown as Stored<ConnectorItem>;
  return {
    name: stored.sk,
    ...pick(stored, 'spec', 'desired', 'desiredAt', 'generation', 'lastGeneration', 'tasks', 'plannedAt', 'given', 'waiting', 'deleting'),
  };
}

export function toTaskItem(attributes: Attributes): TaskItem {
  const stored = attributes as unknown as StoredTask;
  const { staged } = stored;
  return {
    ...taskOfKey(stored),
    ...pick(
      stored,
      'planned',
      'generation',
      'epoch',
      'leaseOwner',
      'leaseSince',
      'leaseUntil',
      'unreleased',
      'paused',
      'rerun',
      'standing',
      'failure',
      'lastRun',
      'countedSince',
      'lastRecordAt',
      'progressAt',
      'behindSince',
    ),
    positions: toPositions(stored.positions),
    // DynamoDB stores no empty sets.
    skips: stored.skips ?? new Set(),
    counters: {
      invocations: stored.invocations ?? 0,
      records: stored.records ?? 0,
      bytes: stored.bytes ?? 0,
      deadLetters: stored.deadLetters ?? 0,
      dynamodbRequests: stored.dynamodbRequests ?? 0,
      ...pick(stored, 'failures', 'durationMs', 'writeUnits', 'readUnits'),
    },
    ...(staged && { staged: toStaged(staged) }),
  };
}

export function toTaskToWatch(attributes: Attributes): TaskToWatch {
  const stored = attributes as unknown as StoredTask;
  const { staged } = stored;
  return {
    ...taskOfKey(stored),
    ...pick(
      stored,
      'planned',
      'generation',
      'leaseOwner',
      'leaseUntil',
      'paused',
      'rerun',
      'standing',
      'failure',
      'lastRun',
      'lastRecordAt',
    ),
    positions: toPositions(stored.positions),
    skips: stored.skips ?? new Set(),
    ...(staged && { staged: toStaged(staged) }),
  };
}

function toStaged(stored: StoredStaged): StagedTask {
  if (stored.remove) return stored;
  const { positions, ...staged } = stored;
  return { ...staged, ...(positions && { positions: toPositions(positions) }) };
}

export function toRun(attributes: Attributes): RunItem & TaskRef {
  const { pk, sk, [EXPIRES_AT]: _, ...run } = attributes as unknown as Stored<RunItem> & { [EXPIRES_AT]: number };
  return { ...runOfKey({ pk, sk }), ...run };
}

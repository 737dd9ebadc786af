import type { TaskRef } from '../store.ts';

/** Tasks and runs of a connector have partitions of their own, so that listing one never reads the other. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** All connectors share a partition: `list` is one query. */
export const CONNECTORS = 'connectors';

/** So many tasks have one partition key: a list of them is one query, and DynamoDB takes a second's start of them all. */
const FIRST_TASKS = 128;
/** The next ones, up to this number, have few keys: each that there are is a query of a list. */
const SOME_TASKS = 1_024;
const SOME_KEYS = 4;
/**
 * All further keys together: the last tasks have those that the ones before do not. At 10,000 tasks a key takes lease, checkpoint and release of
 * its 320 or so in one second.
 */
const FURTHER_KEYS = 32;

/** Returns how many partition keys so many tasks have besides that of the first ones. */
export const furtherKeys = (tasks: number): number => (tasks <= FIRST_TASKS ? 0 : tasks <= SOME_TASKS ? SOME_KEYS : FURTHER_KEYS);

const furtherKey = (task: number): number => (task < SOME_TASKS ? task % SOME_KEYS : SOME_KEYS + (task % (FURTHER_KEYS - SOME_KEYS)));

/** So many digits let 10,000 tasks (0 to 9,999) sort by number. */
const TASK_DIGITS = 5;
/** So many digits hold milliseconds since 1970 until the year 2286. */
const TIME_DIGITS = 13;

const TASKS = 'connector#';
const TASK = 'task#';
const RUNS = 'runs#';
const KEPT = 'kept#';
const LETTERS = 'letters#';
const PARKED = 'parked#';
const HISTORY = 'history#';
const SPECS = 'specs#';
/** Generations sort by number. */
const GENERATION_DIGITS = 10;
const STRETCH_DIGITS = 13;

const taskName = (task: number) => `${TASK}${String(task).padStart(TASK_DIGITS, '0')}`;

export const connectorKey = (name: string): Key => ({ pk: CONNECTORS, sk: name });

/** The partition key of a connector's first tasks. */
export const tasksOf = (connector: string): string => `${TASKS}${connector}`;

/** One of the partition keys of the others, by its number. No name of a connector has a `#`. */
export const furtherTasksOf = (connector: string, number: number): string => `${tasksOf(connector)}#${number}`;

/** Where a task is follows from its number alone, however many tasks the connector has: no plan moves an item. */
export const taskKey = ({ connector, task }: TaskRef): Key => ({
  pk: task < FIRST_TASKS ? tasksOf(connector) : furtherTasksOf(connector, furtherKey(task)),
  sk: taskName(task),
});

export const taskOfKey = ({ pk, sk }: Key): TaskRef => ({
  connector: pk.slice(TASKS.length).replace(/#.*/, ''),
  task: Number(sk.slice(TASK.length)),
});

/** It says that there are tasks besides the first ones. It sorts before them. */
export const spreadKey = (connector: string): Key => ({ pk: tasksOf(connector), sk: 'spread' });

export const keptOf = (connector: string): string => `${KEPT}${connector}`;

/** The key of the positions that a plan took away from a task. */
export const keptKey = ({ connector, task }: TaskRef, generation: number): Key => ({
  pk: keptOf(connector),
  sk: `${String(generation).padStart(GENERATION_DIGITS, '0')}#${taskName(task)}`,
});

/** The specs of a connector's plans. */
export const specsOf = (connector: string): string => `${SPECS}${connector}`;

/** The id keeps specs of one number apart: a connector that is made again under its name begins with a first plan again. */
export const specKey = (connector: string, generation: number, id: string): Key => ({
  pk: specsOf(connector),
  sk: `${String(generation).padStart(GENERATION_DIGITS, '0')}#${id}`,
});

export const generationOfSpecKey = ({ sk }: Key): number => Number(sk.slice(0, GENERATION_DIGITS));

export const runsOf = (connector: string): string => `${RUNS}${connector}`;

/** Sorts before the keys of all runs that started then or later, and after those of all earlier ones. */
export const timeKey = (ms: number): string => String(Math.max(0, Math.floor(ms))).padStart(TIME_DIGITS, '0');

/** The key of a run sorts by time, then by task: the newest are read from the end. One task has one run at a time. */
export const runKey = ({ connector, task }: TaskRef, startedAt: number): Key => ({
  pk: runsOf(connector),
  sk: `${timeKey(startedAt)}#${taskName(task)}`,
});

export const runOfKey = ({ pk, sk }: Key): TaskRef => ({
  connector: pk.slice(RUNS.length),
  task: Number(sk.slice(TIME_DIGITS + 1 + TASK.length)),
});

/** What became of a connector's dead letters. */
export const lettersOf = (connector: string): string => `${LETTERS}${connector}`;

/** Keys that are parked, by queue. */
export const parkedOf = (connector: string): string => `${PARKED}${connector}`;

/** The changes of a connector. */
export const historyOf = (connector: string): string => `${HISTORY}${connector}`;

/** The id of a change sorts by time. */
export const changeKey = (connector: string, id: string): Key => ({ pk: historyOf(connector), sk: id });

export const parkedKey = (connector: string, queue: string): Key => ({ pk: parkedOf(connector), sk: queue });

export const redriveKey = (connector: string): Key => ({ pk: lettersOf(connector), sk: 'redrive' });

export const marksKey = (connector: string, queue: string, stretch: number): Key => ({
  pk: lettersOf(connector),
  sk: `marks#${queue}#${String(stretch).padStart(STRETCH_DIGITS, '0')}`,
});

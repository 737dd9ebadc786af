import type { TaskEvent } from './trigger.ts';

/** What travels to a task invocation: nothing but what its contract has, whatever the caller's object holds besides. */
export const taskEvent = ({ connector, task, hop, startAt, waitsFor, by }: TaskEvent): TaskEvent => ({
  connector,
  task,
  ...(hop !== undefined && { hop }),
  ...(startAt !== undefined && { startAt }),
  ...(waitsFor !== undefined && { waitsFor }),
  ...(by !== undefined && { by }),
});

export const eventText = (event: TaskEvent): string => JSON.stringify(taskEvent(event));

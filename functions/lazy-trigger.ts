import type { TaskTrigger } from '../src/triggers/trigger.ts';

/** Makes a trigger whose client is loaded and constructed with its first use: most invocations never need it. */
export function lazyTrigger(open: () => Promise<TaskTrigger>): TaskTrigger {
  let opened: Promise<TaskTrigger> | undefined;
  const trigger = () => {
    opened ??= open();
    return opened;
  };
  return {
    fire: async (tasks, options) => (await trigger()).fire(tasks, options),
    sync: async (standing) => (await trigger()).sync(standing),
    close: async () => (await opened)?.close(),
  };
}

import type { LookPace, TaskTrigger } from '../src/triggers/trigger.ts';

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
    hasten: async (standing) => (await trigger()).hasten(standing),
    close: async () => (await opened)?.close(),
  };
}

/** Returns what changes how often looks come. It opens its client with the first change, because most looks change nothing. */
export function lazyPace(open: () => Promise<LookPace>): LookPace {
  let opened: Promise<LookPace> | undefined;
  return {
    set: async (...given) => {
      opened ??= open();
      return (await opened).set(...given);
    },
  };
}

import { silentLogger } from '../../../src/api/index.ts';
import { createLocalTrigger } from '../../../src/triggers/local.ts';
import type { TaskEvent } from '../../../src/triggers/trigger.ts';
import { describeTaskTrigger } from './task-trigger.ts';

describeTaskTrigger('local', async () => {
  const started: TaskEvent[] = [];
  const run = async (event: TaskEvent) => void started.push(event);
  return {
    holdsSchedules: true,
    trigger: createLocalTrigger({ run, look: async () => undefined, concurrency: 4, logger: silentLogger }),
    started: async (connector) => started.filter((event) => event.connector === connector),
    close: async () => undefined,
  };
});

import type { QueuesModule } from '../../rocketmq/types.ts';
import type { WatchStore } from '../../store/store.ts';
import type { LookPace, TaskTrigger } from '../../triggers/trigger.ts';
import type { ConnectorDeps } from '../run/create-connector.ts';

/** What asks systems and RocketMQ for their ends. */
export interface PendingDeps extends ConnectorDeps {
  /** Loads what reads RocketMQ's queues, for a sink. */
  readonly loadQueues: () => Promise<QueuesModule>;
}

/** What a look needs. The function or the command line constructs it and keeps it warm between looks. */
export interface WatchDeps extends PendingDeps {
  readonly store: WatchStore;
  /** Starts tasks. */
  readonly trigger: TaskTrigger;
  /** Changes how often a schedule asks for looks. Absent where whoever asks minds `Look.nextMinutes`. */
  readonly pace?: LookPace;
}

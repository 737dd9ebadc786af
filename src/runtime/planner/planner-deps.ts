import type { ClientCache, ConnectorType, Finding, Logger, TaskClass } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { LettersModule, PeekRequest, PeekResult, QueueChecks, RocketmqConfig, RocketmqModule } from '../../rocketmq/types.ts';
import type { PlannerStore } from '../../store/store.ts';
import type { TaskTrigger } from '../../triggers/trigger.ts';
import type { ResolveSecrets } from '../run/contracts.ts';

/** What the planner needs. The function or the command line constructs it. */
export interface PlannerDeps {
  readonly store: PlannerStore;
  /** Holds the schedules. */
  readonly schedules: TaskTrigger;
  /** Starts tasks now. */
  readonly trigger: TaskTrigger;
  readonly connectorTypes: Readonly<Record<string, () => Promise<ConnectorType>>>;
  /** Validates a parsed connector file and fills in defaults. Throws CONFIG_INVALID with every finding. */
  readonly parseConnectorFile: (file: unknown) => Promise<ConnectorSpec>;
  readonly resolveSecrets: ResolveSecrets;
  readonly checkTopic: (config: RocketmqConfig, logger: Logger) => Promise<Finding[]>;
  /** Loads what looks at the topic that a sink reads. */
  readonly loadQueueChecks: () => Promise<QueueChecks>;
  /** It loads RocketMQ's client. */
  readonly peekTopic: (config: RocketmqConfig, request: PeekRequest) => Promise<PeekResult>;
  /** Loads what reads a dead-letter topic. */
  readonly loadLetters: () => Promise<LettersModule>;
  /** What redrives dead letters sends with. */
  readonly loadRocketmq: () => Promise<RocketmqModule>;
  readonly taskClasses: Readonly<Record<string, () => Promise<TaskClass>>>;
  /** Names the holder of what the planner takes for itself, for people. */
  readonly owner: string;
  /** Returns the user whose process this is, and the id of the request that it serves, as far as there are. Default: neither is known. */
  readonly caller?: () => { readonly name?: string; readonly request?: string };
  /** Says whether a holder is known to have ended. Default: that is known of none. */
  readonly isGone?: (owner: string) => boolean;
  readonly clients: ClientCache;
  readonly logger: Logger;
  /** Returns when this run of the planner must be over, ms since 1970. */
  readonly deadline: () => number;
}

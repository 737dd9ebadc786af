import type { Direction } from '../api/index.ts';
import type { BatchSpec } from './batch-section.ts';
import type { ErrorsSpec } from './errors-sections.ts';
import type { RocketmqSpec } from './rocketmq-sections.ts';
import type { TriggerSpec } from './trigger-section.ts';

export type { BatchSpec, ErrorsSpec, RocketmqSpec, TriggerSpec };

/** A connector file after validation, defaults filled in, secrets still references. Stored as it is. */
export interface ConnectorSpec {
  /** 1 to 64 characters `[A-Za-z0-9._-]`, starting with a letter. */
  readonly name: string;
  /** `kafka-source` */
  readonly type: string;
  readonly direction: Direction;
  /** 1 to 10,000; default 1. */
  readonly maxTasks: number;
  readonly trigger: TriggerSpec;
  /** The system's own options, validated by the type's spec. In the file this section is called `source` or `sink`. */
  readonly system: Readonly<Record<string, unknown>>;
  /** As RocketmqConfig, before secrets are resolved. */
  readonly rocketmq: RocketmqSpec;
  /** Bounds of one invocation; it ends at the first one reached. */
  readonly batch: BatchSpec;
  readonly errors: ErrorsSpec;
}

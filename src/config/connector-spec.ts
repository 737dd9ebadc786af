import type { Direction } from '../api/index.ts';

/** A connector file after validation, defaults filled in, secrets still references. Stored as it is. */
export interface ConnectorSpec {
  /** 1 to 64 characters `[A-Za-z0-9_-]`, starting with a letter. */
  readonly name: string;
  /** `kafka-source` */
  readonly type: string;
  readonly direction: Direction;
  /** 1 to 10,000; default 1. */
  readonly maxTasks: number;
  readonly trigger: TriggerSpec;
  /** The system's own options, validated by the type's spec. In the file this section is called `source` or `sink`. */
  readonly system: Readonly<Record<string, unknown>>;
  readonly rocketmq: RocketmqSpec;
  readonly batch: BatchSpec;
  readonly errors: ErrorsSpec;
}

export interface TriggerSpec {
  /** Absent: started by events only. */
  readonly schedule?: string;
  /** Default UTC. */
  readonly timeZone: string;
}

/** As RocketmqConfig, before secrets are resolved. */
export interface RocketmqSpec {
  readonly endpoints: string;
  readonly topic: string;
  readonly namespace: string;
  readonly tls: boolean;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly requestTimeoutMs: number;
}

/** Bounds of one invocation; it ends at the first one reached. */
export interface BatchSpec {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxDurationMs: number;
  /** Read but not yet acknowledged, at most: what bounds memory. */
  readonly maxInFlightBytes: number;
  readonly checkpointIntervalMs: number;
}

export interface ErrorsSpec {
  /** What becomes of a record that RocketMQ refuses for good. */
  readonly tolerance: 'fail' | 'dead-letter';
  /** Required with `dead-letter`. */
  readonly deadLetterTopic?: string;
  /** Failed runs in a row before the task is FAILED and waits for `resume`. */
  readonly maxFailures: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

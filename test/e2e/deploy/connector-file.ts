import type { StackAddresses } from '../../../infra/local/stack.ts';

export interface ConnectorFileOptions {
  readonly name: string;
  readonly type: string;
  /** The section of the same name. */
  readonly source: object;
  readonly target: string;
  readonly maxTasks: number;
  readonly schedule?: string;
  readonly windowMinutes?: number;
}

/** A connector file to a RocketMQ topic of the stack. */
export const connectorFile = (
  stack: StackAddresses,
  { name, type, source, target, maxTasks, schedule, windowMinutes }: ConnectorFileOptions,
): string => `
name: ${name}
type: ${type}
maxTasks: ${maxTasks}
trigger: ${JSON.stringify({ schedule, windowMinutes })}
source: ${JSON.stringify(source)}
rocketmq:
  endpoints: ${stack.rocketmqEndpoints}
  topic: ${target}
  # A request that is only late on a busy machine would be sent again: a repeat is not what tests look for.
  requestTimeoutMs: 20000
`;

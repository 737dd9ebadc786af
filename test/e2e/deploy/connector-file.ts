import type { StackAddresses } from '../../../infra/local/stack.ts';

export interface ConnectorFileOptions {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly maxTasks: number;
  readonly schedule?: string;
}

/** A connector file from a Kafka topic of the stack to a RocketMQ topic of the stack. */
export const connectorFile = (stack: StackAddresses, { name, source, target, maxTasks, schedule }: ConnectorFileOptions): string => `
name: ${name}
type: kafka-source
maxTasks: ${maxTasks}
${schedule === undefined ? '' : `trigger: { schedule: ${schedule} }`}
source:
  bootstrapServers: [${stack.kafka}]
  topics: [${source}]
rocketmq:
  endpoints: ${stack.rocketmqEndpoints}
  topic: ${target}
`;

import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { type EventSourceMappingConfiguration, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Deployment } from './deployment.ts';

/** Asks the services what a deployment has made. */
export class DeployedResources {
  readonly #deployment: Deployment;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  async table(): Promise<TableDescription | undefined> {
    const { name: TableName } = this.#deployment;
    return this.#with(DynamoDBClient, async (client) => (await client.send(new DescribeTableCommand({ TableName }))).Table);
  }

  /** `kind`: `tasks` or `tasks-dead`. */
  async queue(kind: string): Promise<Readonly<Record<string, string>>> {
    const QueueUrl = `${this.#deployment.cloud.moto.url}/123456789012/${this.#deployment.name}-${kind}`;
    return this.#with(SQSClient, async (client) => {
      const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      return Attributes;
    });
  }

  /** What hands task messages to functions. */
  async mappings(): Promise<EventSourceMappingConfiguration[]> {
    const { QueueArn: EventSourceArn } = await this.queue('tasks');
    return this.#with(LambdaClient, async (client) => {
      const { EventSourceMappings = [] } = await client.send(new ListEventSourceMappingsCommand({ EventSourceArn }));
      return EventSourceMappings;
    });
  }

  /** Days, by log group. */
  async logRetention(): Promise<Readonly<Record<string, number | undefined>>> {
    return this.#with(CloudWatchLogsClient, async (client) => {
      const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand());
      return Object.fromEntries(logGroups.map(({ logGroupName = '', retentionInDays }) => [logGroupName, retentionInDays]));
    });
  }

  async #with<C extends { destroy(): void }, R>(Client: new (config: object) => C, use: (client: C) => Promise<R>): Promise<R> {
    const client = new Client(this.#deployment.cloud.moto.clientConfig);
    try {
      return await use(client);
    } finally {
      client.destroy();
    }
  }
}

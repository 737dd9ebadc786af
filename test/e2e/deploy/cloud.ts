import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { TABLE_DEFINITION } from '../../../src/store/dynamodb/table-definition.ts';
import { type Moto, startMoto } from '../../support/moto.ts';
import { DeployedFunctions } from './deployed-functions.ts';
import { Forwarder } from './forwarder.ts';

/**
 * AWS for a deployment: moto, except that functions run from the uploaded artefact and keep their state in the stack's
 * DynamoDB, whose requests are counted.
 */
export class Cloud {
  readonly moto: Moto;
  readonly functions: DeployedFunctions;
  readonly dynamodb: Forwarder;
  readonly #aws: Forwarder;
  readonly #tables: DynamoDBClient;
  readonly #created: string[] = [];

  private constructor(moto: Moto, functions: DeployedFunctions, dynamodb: Forwarder, aws: Forwarder, tables: DynamoDBClient) {
    this.moto = moto;
    this.functions = functions;
    this.dynamodb = dynamodb;
    this.#aws = aws;
    this.#tables = tables;
  }

  static async start(stack: StackAddresses): Promise<Cloud> {
    const moto = await startMoto();
    const dynamodb = await Forwarder.start(stack.dynamodb);
    const functions = new DeployedFunctions(moto, (deployed) => ({
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      // Moto's CloudFormation gives queues their address on AWS.
      CONNECT_TASK_QUEUE_URL: new URL(new URL(deployed.CONNECT_TASK_QUEUE_URL ?? '').pathname, aws.url).href,
    }));
    const aws = await Forwarder.start(moto.url, functions.intercept);
    const tables = new DynamoDBClient({ ...moto.clientConfig, endpoint: stack.dynamodb });
    return new Cloud(moto, functions, dynamodb, aws, tables);
  }

  /** For `sls`. */
  get env(): Readonly<Record<string, string>> {
    return { ...this.moto.env, AWS_ENDPOINT_URL: this.#aws.url };
  }

  /** The table that CloudFormation would create, in the stack's DynamoDB. */
  async createTable(name: string): Promise<void> {
    await this.#tables.send(new CreateTableCommand({ TableName: name, ...TABLE_DEFINITION }));
    this.#created.push(name);
  }

  async stop(): Promise<void> {
    await this.functions.stop();
    await this.#aws.stop();
    await this.dynamodb.stop();
    await this.moto.stop();
    for (const TableName of this.#created) await this.#tables.send(new DeleteTableCommand({ TableName }));
    this.#tables.destroy();
  }
}

import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { TABLE_DEFINITION } from '../../../src/store/dynamodb/table-definition.ts';
import { readTemplate } from '../../support/aws-rules/packaged-template.ts';
import { refusalOf } from '../../support/aws-rules/refusal.ts';
import { roleStatements } from '../../support/aws-rules/role-statements.ts';
import { type Moto, startMoto } from '../../support/moto.ts';
import { DeployedFunctions } from './deployed-functions.ts';
import { Forwarder, type Intercept } from './forwarder.ts';

/** The access key of a function stands for its role. */
const ROLES = ['TaskRole', 'PlannerRole', 'WatchRole'];

/**
 * AWS for a deployment: moto, except that functions run from the uploaded artefact and keep their state in the stack's
 * DynamoDB, whose requests are counted. A function may do what the role allows that the deployment gave it.
 */
export class Cloud {
  readonly moto: Moto;
  readonly functions: DeployedFunctions;
  readonly dynamodb: Forwarder;
  /** All other services. */
  readonly aws: Forwarder;
  readonly #tables: DynamoDBClient;
  readonly #created: string[] = [];

  private constructor(moto: Moto, functions: DeployedFunctions, dynamodb: Forwarder, aws: Forwarder, tables: DynamoDBClient) {
    this.moto = moto;
    this.functions = functions;
    this.dynamodb = dynamodb;
    this.aws = aws;
    this.#tables = tables;
  }

  /** `folder`: where the service is deployed from. */
  static async start(stack: StackAddresses, folder: string): Promise<Cloud> {
    const moto = await startMoto();
    const refuse = refuseByRole(folder);
    const dynamodb = await Forwarder.start(stack.dynamodb, refuse);
    const functions = new DeployedFunctions(moto, (deployed, name) => ({
      AWS_ACCESS_KEY_ID: name.endsWith('-planner') ? 'PlannerRole' : name.endsWith('-watch') ? 'WatchRole' : 'TaskRole',
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      // Moto's CloudFormation gives queues their address on AWS.
      CONNECT_TASK_QUEUE_URL: new URL(new URL(deployed.CONNECT_TASK_QUEUE_URL ?? '').pathname, aws.url).href,
    }));
    const aws = await Forwarder.start(moto.url, async (...request) => (await refuse(...request)) ?? functions.intercept(...request));
    const tables = new DynamoDBClient({ ...moto.clientConfig, endpoint: stack.dynamodb });
    return new Cloud(moto, functions, dynamodb, aws, tables);
  }

  /** For `sls`. */
  get env(): Readonly<Record<string, string>> {
    return { ...this.moto.env, AWS_ENDPOINT_URL: this.aws.url };
  }

  /** The table that CloudFormation would create, in the stack's DynamoDB. */
  async createTable(name: string): Promise<void> {
    await this.#tables.send(new CreateTableCommand({ TableName: name, ...TABLE_DEFINITION }));
    this.#created.push(name);
  }

  async stop(): Promise<void> {
    await this.functions.stop();
    await this.aws.stop();
    await this.dynamodb.stop();
    await this.moto.stop();
    for (const TableName of this.#created) await this.#tables.send(new DeleteTableCommand({ TableName }));
    this.#tables.destroy();
  }
}

/** What a function's role does not allow is answered as AWS would, and goes no further. */
const refuseByRole =
  (folder: string): Intercept =>
  async (url, body, headers, method = 'POST') => {
    const role = /Credential=([^/]+)\//.exec(String(headers.authorization))?.[1] ?? '';
    if (!ROLES.includes(role)) return undefined;
    // A role without a name of its own is given one that has its logical id in it.
    const names = { SchedulerRole: '*SchedulerRole*' };
    const statements = roleStatements(JSON.parse(await readTemplate(folder)), role, { names });
    const target = headers['x-amz-target'];
    return refusalOf({ method, url, target: target === undefined ? undefined : String(target), body: body.toString() }, role, statements);
  };

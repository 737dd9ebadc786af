import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { JsonBytes } from '../../../src/connectors/mysql/values/json-bytes.ts';
import { TableWriter } from '../../../src/connectors/mysql/values/table-writer.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerRequest, PlannerResponse, PlanResult } from '../../../src/runtime/planner-api.ts';
import type { TaskItem } from '../../../src/store/store.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { fold } from './snapshot-fold.ts';
import { SnapshotLab } from './snapshot-lab.ts';

export type SourceOptions = Record<string, unknown>;

export interface Message {
  /** The deterministic key: a repeat has the same one. */
  readonly id: string | undefined;
  readonly key: string | undefined;
  /** Undefined: a tombstone. */
  readonly value:
    | {
        readonly op: string;
        readonly before: unknown;
        readonly after: unknown;
        readonly source: { readonly table: string; readonly gtid: string | null; readonly row: number };
      }
    | undefined;
}

/** A database, a topic, and a connector that copies the one to the other. `await using`. */
export class SnapshotCopy {
  readonly name = uniqueName('snapshot');
  readonly lab: SnapshotLab;
  readonly addresses: StackAddresses;
  readonly table: string;
  readonly runtime: TestRuntime;
  readonly #admin: RocketmqAdmin;

  private constructor(lab: SnapshotLab, addresses: StackAddresses, table: string, runtime: TestRuntime, admin: RocketmqAdmin) {
    this.lab = lab;
    this.addresses = addresses;
    this.table = table;
    this.runtime = runtime;
    this.#admin = admin;
  }

  static async open(server: Parameters<typeof SnapshotLab.open>[0]): Promise<SnapshotCopy> {
    const addresses = await stackAddresses();
    const { store, table } = await openTestStore(addresses);
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    const copy = new SnapshotCopy(await SnapshotLab.open(server), addresses, table, new TestRuntime(store), admin);
    await admin.createTopic(copy.name, { queues: 4 });
    return copy;
  }

  spec(options: SourceOptions = {}, overrides: Partial<ConnectorSpec> = {}): ConnectorSpec {
    const system = this.lab.config({ snapshotRangeRows: 1_000, ...options }) as unknown as ConnectorSpec['system'];
    const rocketmq = { ...connectorSpec().rocketmq, endpoints: this.addresses.rocketmqNamesrv, topic: this.name, requestTimeoutMs: 20_000 };
    return connectorSpec({ name: this.name, type: 'mysql-source', system, rocketmq, ...overrides });
  }

  apply(options?: SourceOptions, overrides?: Partial<ConnectorSpec>): Promise<PlanResult> {
    return this.runtime.apply(this.spec(options, overrides));
  }

  ask(request: PlannerRequest): Promise<PlannerResponse> {
    return createPlanner(this.runtime.plannerDeps).handle(request);
  }

  tasks(): Promise<TaskItem[]> {
    return this.runtime.store.listTasks(this.name);
  }

  /** Every task to its end, the log behind the ranges. */
  runToEnd(): Promise<void> {
    return this.runtime.runToEnd(this.name);
  }

  async messages(): Promise<Message[][]> {
    const queues = await this.#admin.readTopic(this.name);
    return queues.map((messages) =>
      messages.map(({ body, properties }) => ({
        id: properties.get('KEYS')?.split(' ')[0],
        key: properties.get('connect-key') ?? properties.get('KEYS')?.split(' ')[1],
        value: properties.get('connect-value') === 'null' ? undefined : JSON.parse(body.toString()),
      })),
    );
  }

  async folded(): Promise<ReturnType<typeof fold>> {
    return fold(await this.messages());
  }

  /** What the table holds, by key, in the form of `after`. */
  async rows(name: string): Promise<Record<string, unknown>> {
    const table = await this.lab.table(name);
    const writer = new TableWriter(table, this.lab.config(), 'numbers');
    const json = new JsonBytes();
    const rows = await this.lab.query(`SELECT * FROM ${this.lab.database}.${name}`);
    return Object.fromEntries(
      rows.map((values) => {
        const row = writer.fromQuery(values);
        writer.write(row, json);
        return [writer.key(row), JSON.parse(json.take().toString())];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.deleteTopic(this.name);
    this.#admin.close();
    await this.runtime.close();
    await this.lab[Symbol.asyncDispose]();
  }
}

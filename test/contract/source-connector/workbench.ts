import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { BatchSpec, ConnectorSpec, RocketmqSpec } from '../../../src/config/connector-spec.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { ConfigOptions, LabSource, SourceHarness, SourceLab } from '../harness/source-harness.ts';
import { BenchTopics } from './bench-topics.ts';
import { Copy } from './copy.ts';

const QUEUES = 4;

export interface CopyOptions {
  /** Default 2. */
  readonly partitions?: number;
  /** Numbered messages in each, before the first plan; default none. */
  readonly messages?: number;
  readonly source?: ConfigOptions;
  readonly maxTasks?: number;
  readonly batch?: Partial<BatchSpec>;
  readonly errors?: Partial<ConnectorSpec['errors']>;
  readonly rocketmq?: Partial<RocketmqSpec>;
}

/** A lab of the system, RocketMQ, a table and a runtime, for the cases of one file. */
export class Workbench<L extends SourceLab = SourceLab> implements AsyncDisposable {
  readonly harness: SourceHarness;
  readonly lab: L;
  readonly addresses: StackAddresses;
  readonly admin: RocketmqAdmin;
  readonly topics: BenchTopics;
  readonly table: string;
  readonly runtime: TestRuntime;

  private constructor(
    harness: SourceHarness,
    lab: L,
    addresses: StackAddresses,
    admin: RocketmqAdmin,
    { store, table }: Awaited<ReturnType<typeof openTestStore>>,
  ) {
    this.harness = harness;
    this.lab = lab;
    this.addresses = addresses;
    this.admin = admin;
    this.topics = new BenchTopics(admin, addresses, harness);
    this.table = table;
    this.runtime = new TestRuntime(store);
  }

  /** `namesrv`: of another RocketMQ than the stack's. The lab is the workbench's from now on. */
  static async open<L extends SourceLab>(harness: SourceHarness, lab: L, namesrv?: string): Promise<Workbench<L>> {
    const addresses = await stackAddresses();
    const rocketmqNamesrv = namesrv ?? addresses.rocketmqNamesrv;
    const admin = await RocketmqAdmin.open(rocketmqNamesrv);
    return new Workbench(harness, lab, { ...addresses, rocketmqNamesrv }, admin, await openTestStore(addresses));
  }

  /** Another process's: with connections of its own, its clock `laterMs` ahead. The caller closes it. */
  newRuntime(laterMs = 0): TestRuntime {
    const now = () => Date.now() + laterMs;
    return new TestRuntime(createDynamodbStore({ table: this.table, endpoint: this.addresses.dynamodb, now }), laterMs);
  }

  /** A new source and topic, and the connector between them; applied. */
  async copy(options: CopyOptions = {}): Promise<Copy> {
    const copy = await this.prepare(options);
    await copy.apply();
    return copy;
  }

  /** As `copy`, not yet applied. */
  async prepare(options: CopyOptions = {}): Promise<Copy> {
    const source = await this.lab.createSource(options.partitions ?? 2);
    const spec = await this.spec(source, options);
    await this.topics.create(spec.name, { queues: QUEUES });
    const copy = new Copy(this, source, spec);
    await copy.fill(options.messages ?? 0);
    return copy;
  }

  /** `config`: the source section, default the source's own. */
  async spec(source: LabSource, options: CopyOptions = {}, config = source.config(options.source)): Promise<ConnectorSpec> {
    const name = uniqueName('contract');
    const defaults = connectorSpec();
    const type = await connectorTypes[this.harness.type]?.();
    return {
      ...defaults,
      name,
      type: this.harness.type,
      maxTasks: options.maxTasks ?? 1,
      system: type?.config.parse(config) as ConnectorSpec['system'],
      // Long, because a request that is only late on a busy machine is sent again: a repeat that the fault did not make.
      rocketmq: {
        ...defaults.rocketmq,
        ...this.topics.rocketmq,
        topic: name,
        requestTimeoutMs: 20_000,
        ...options.rocketmq,
      },
      batch: { ...defaults.batch, maxDurationMs: 150_000, ...options.batch },
      errors: { ...defaults.errors, maxFailures: 1_000, backoffMs: 50, maxBackoffMs: 200, ...options.errors },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close();
    this.admin.close();
    await this.lab[Symbol.asyncDispose]();
  }
}

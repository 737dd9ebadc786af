import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { Topics } from '../rocketmq/topics.ts';

/** A connector's type, and its `source` or `sink` section. */
export interface End {
  readonly type: string;
  readonly options: object;
}

/** RocketMQ, store, planner and tasks. `await using`. */
export class PairLab implements AsyncDisposable {
  readonly #topics: Topics;
  readonly #runtime: TestRuntime;

  private constructor(topics: Topics, runtime: TestRuntime) {
    this.#topics = topics;
    this.#runtime = runtime;
  }

  static async open(): Promise<PairLab> {
    const { store } = await openTestStore(await stackAddresses());
    return new PairLab(await Topics.open(), new TestRuntime(store));
  }

  /**
   * Copies all that the source has, through a topic of its own, to the sink. `then` changes the source after a first copy, for a second one.
   * Returns how many records became dead letters at the sink.
   */
  async copy(source: End, sink: End, then?: () => Promise<void>): Promise<{ readonly deadLetters: number }> {
    const [topic, deadLetterTopic] = [await this.#topics.create({ queues: 3 }), await this.#topics.create({ queues: 1 })];
    const out = await this.#spec(source, 'source', topic, deadLetterTopic);
    await this.#run(out);
    await then?.();
    if (then !== undefined) await this.#run(out);
    return await this.#run(await this.#spec(sink, 'sink', topic, deadLetterTopic));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime.close();
    await this.#topics[Symbol.asyncDispose]();
  }

  async #spec({ type, options }: End, direction: 'source' | 'sink', topic: string, deadLetterTopic: string): Promise<ConnectorSpec> {
    const load = connectorTypes[type];
    if (load === undefined) throw new Error(`there is no connector type ${type}`);
    const system = (await load()).config.parse(options) as ConnectorSpec['system'];
    const rocketmq = this.#topics.config(topic) as ConnectorSpec['rocketmq'];
    const spec = connectorSpec({ name: uniqueName(direction), type, direction, maxTasks: 2, system, rocketmq });
    const letters = { ...spec, errors: { ...spec.errors, tolerance: 'dead-letter' as const, deadLetterTopic } };
    await this.#runtime.apply(letters);
    return letters;
  }

  /** Runs each task until a run finds nothing more: a queue does not say where it ends. */
  async #run(spec: ConnectorSpec): Promise<{ readonly deadLetters: number }> {
    let deadLetters = 0;
    for (const ref of await this.#runtime.store.listTasks(spec.name)) {
      for (let records = 1; records > 0; ) {
        const { outcome, summary } = await this.#runtime.run(ref, 120_000);
        const { error, stopped } = summary ?? {};
        const isWell = outcome === 'ran' && error === undefined && stopped === undefined;
        // The log of a table waits until all ranges of the snapshot are copied, maybe by the other task.
        if (isWell && summary?.outcome === 'waiting') continue;
        if (!isWell) throw new Error(`task ${ref.task} of ${spec.type}: ${outcome} ${JSON.stringify(error ?? stopped)}`);
        records = summary?.records ?? 0;
        deadLetters += summary?.deadLetters ?? 0;
      }
    }
    await this.#topics.admin.dispatched();
    return { deadLetters };
  }
}

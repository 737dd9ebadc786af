import { silentLogger } from '../../../src/api/index.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import type { Route } from '../../../src/rest/answers/route.ts';
import { createRestApi } from '../../../src/rest/rest-api.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerDeps } from '../../../src/runtime/planner/planner-deps.ts';
import type { Planner } from '../../../src/runtime/planner-api.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { createTestTable, type TestTable } from '../dynamodb.ts';
import { noTrigger, TestRuntime } from '../runtime.ts';
import { wordsTypes } from './words-type.ts';

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer; undefined for an empty one. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form
  readonly body: any;
  readonly text: string;
}

/** The API over the real planner and a table of its own. Its source needs no server, and no topic is looked at. */
export class RestLab implements AsyncDisposable {
  readonly store: ConnectStore;
  readonly planner: Planner;
  /** Tasks that were started, as `connector/task`. */
  readonly started: string[] = [];
  readonly api: (request: Request) => Promise<Response>;
  readonly types;
  readonly #table: TestTable;
  readonly #runtime: TestRuntime;

  private constructor(table: TestTable, more: readonly Route[]) {
    this.#table = table;
    this.store = createDynamodbStore({ ...table.options, patient: true });
    this.#runtime = new TestRuntime(this.store);
    this.types = wordsTypes;
    const resolve = createSecretResolver();
    const trigger = {
      ...noTrigger,
      fire: async (tasks: ReadonlyArray<{ readonly connector: string; readonly task: number }>) =>
        void this.started.push(...tasks.map(({ connector, task }) => `${connector}/${task}`)),
    };
    const deps: PlannerDeps = {
      ...this.#runtime.plannerDeps,
      trigger,
      connectorTypes: this.types,
      parseConnectorFile: (file) => parseConnectorFile(file, this.types, resolve),
      resolveSecrets: resolve,
      checkTopic: async () => [],
    };
    this.planner = createPlanner(deps);
    this.api = createRestApi({
      planner: this.planner,
      registry: { connectorTypes: this.types },
      version: '0.1.0',
      logger: silentLogger,
      more,
    });
  }

  static async open(more: readonly Route[] = []): Promise<RestLab> {
    return new RestLab(await createTestTable(), more);
  }

  /** Sends JSON, or a text as it is. */
  async call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Said> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await this.api(new Request(`http://localhost:8083${path}`, { method, headers: { ...type, ...headers }, ...sent }));
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text), text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime.close();
    await this.#table.drop();
  }
}

/** A valid configuration of the source that needs no server. */
export const wordsFlat = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'connector.class': 'words-source',
  'tasks.max': '1',
  'source.words': 'a',
  'rocketmq.endpoints': '127.0.0.1:9876',
  'rocketmq.topic': 'words',
  ...more,
});

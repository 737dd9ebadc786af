import type { ConnectorSummary, PlannerRequest, PlanResult, StatusResult } from '../../src/runtime/planner-api.ts';
import { type ConnectorFile, readConnectorFiles } from './plugin/connector-files.ts';
import type { Hooks, PluginTools, Serverless, VariableSources } from './plugin/osls.ts';
import { planText, statusText } from './plugin/plan-text.ts';
import { openPlannerCall, type PlannerCall } from './plugin/planner-call.ts';
import { removeSchedules } from './plugin/remove-schedules.ts';

/**
 * Makes `sls deploy` put the connector files in force through the planner, and `sls remove` leave no schedule behind.
 * Adds `sls connect plan|apply|status`, and `${times(6):...}` to serverless.yml.
 */
export default class ConnectPlugin {
  readonly commands = {
    connect: {
      usage: 'Connector files through the deployed planner',
      commands: {
        plan: { usage: 'Show what applying the connector files would do', lifecycleEvents: ['plan'] },
        apply: { usage: 'Put the connector files in force, as a deployment does', lifecycleEvents: ['apply'] },
        status: { usage: 'Show connectors and the states of their tasks', lifecycleEvents: ['status'] },
      },
    },
  };
  readonly hooks: Hooks = {
    'after:deploy:deploy': () => this.#forEachFile('apply'),
    'connect:plan:plan': () => this.#forEachFile('plan'),
    'connect:apply:apply': () => this.#forEachFile('apply'),
    'connect:status:status': () => this.#status(),
    'before:remove:remove': () => this.#removeSchedules(),
  };
  static readonly #times: VariableSources = {
    times: { resolve: async ({ address, params }) => ({ value: Number(params?.[0]) * Number(address) }) },
  };
  readonly configurationVariablesSources = ConnectPlugin.#times;
  readonly #serverless: Serverless;
  readonly #tools: PluginTools;

  constructor(serverless: Serverless, _options: unknown, tools: PluginTools) {
    this.#serverless = serverless;
    this.#tools = tools;
  }

  async #forEachFile(action: 'plan' | 'apply'): Promise<void> {
    await this.#withPlanner(async (planner, folder) => {
      const files = await readConnectorFiles(this.#serverless.serviceDir, folder);
      if (files.length === 0) this.#tools.log.notice(`No connector files in "${folder}" yet; see its README.md`);
      const refused: string[] = [];
      for (const file of files) await this.#send(planner, action, file).catch((error) => refused.push(`${file.name}: ${error.message}`));
      if (refused.length > 0) throw new Error(`${refused.join('\n')}\nAll else is done; then: sls connect ${action}`);
      if (action === 'apply') await this.#nameOthers(planner, folder, files);
    });
  }

  async #send(planner: PlannerCall, action: 'plan' | 'apply', file: ConnectorFile): Promise<void> {
    const request: PlannerRequest = { action, file: file.content };
    this.#tools.log.notice(planText(await planner.ask<PlanResult>(request)));
  }

  /** A file that is gone is no reason to stop copying; whoever deleted it is told what still runs. */
  async #nameOthers(planner: PlannerCall, folder: string, files: readonly ConnectorFile[]): Promise<void> {
    const named = new Set(files.map(({ content }) => (content as { name?: unknown }).name));
    for (const { name } of await planner.ask<ConnectorSummary[]>({ action: 'list' })) {
      if (named.has(name)) continue;
      this.#tools.log.warning(`${name} has no file in "${folder}" and goes on: rocketmq-connect delete ${name} --target aws`);
    }
  }

  async #status(): Promise<void> {
    await this.#withPlanner(async (planner) => {
      const connectors = await planner.ask<ConnectorSummary[]>({ action: 'list' });
      if (connectors.length === 0) this.#tools.log.notice('No connectors');
      for (const { name } of connectors) {
        this.#tools.log.notice(statusText(await planner.ask<StatusResult>({ action: 'status', connector: name })));
      }
    });
  }

  async #withPlanner(work: (planner: PlannerCall, folder: string) => Promise<void>): Promise<void> {
    const planner = await openPlannerCall(this.#serverless);
    try {
      await work(planner, this.#serverless.service.custom.connect.connectors);
    } catch (error) {
      throw new this.#serverless.classes.Error((error as Error).message, 'CONNECT');
    } finally {
      planner.close();
    }
  }

  async #removeSchedules(): Promise<void> {
    const { scheduleGroup: group } = this.#serverless.service.custom.connect;
    const progress = this.#tools.progress.create({ message: `Deleting the schedules of group ${group}` });
    const config = await this.#serverless.getProvider('aws').getAwsSdkV3Config();
    const deleted = await removeSchedules(config, group, (count) => progress.update(`Deleting schedules: ${count}`));
    progress.remove();
    this.#tools.log.notice(`${deleted} schedules deleted`);
  }
}

import { renderPlan } from '../../src/cli/render/plan.ts';
import { renderStatus } from '../../src/cli/render/status.ts';
import type { ValidDocument } from '../../src/cli/shared/documents.ts';
import { inTurn } from '../../src/cli/shared/in-turn.ts';
import { openAwsTarget } from '../../src/cli/target/aws-target.ts';
import { ask, reportFindings } from '../../src/cli/terminal/failures.ts';
import { createOutput } from '../../src/cli/terminal/output.ts';
import type { ConnectorSummary, Planner, PlanResult, StatusResult } from '../../src/runtime/planner-api.ts';
import { addConnectors } from './plugin/add-connectors.ts';
import { hasConnectorFiles, readConnectorFolder } from './plugin/connector-folder.ts';
import { allowFunctions } from './plugin/function-rights.ts';
import { addHttpApi } from './plugin/http-api.ts';
import { stackHasTable, tableExists, useKeptTable } from './plugin/kept-table.ts';
import type { Hooks, PluginTools, Serverless, VariableSources } from './plugin/osls.ts';
import { pairs } from './plugin/pairs.ts';
import { parameterProblems } from './plugin/parameters.ts';
import { removeSchedules } from './plugin/remove-schedules.ts';

/** A function may run at most this long, so a large plan may take as long. */
const MAX_PLAN_MS = 900_000;

/**
 * Makes `sls deploy` check the connector files first and apply them at its end, through the planner. Makes `sls remove` leave no schedule
 * behind. Refuses mistyped parameters, and uses a table that a removed stack has left. Puts connector packages into the functions, and lets
 * them invoke the functions that connector files name. Puts the REST API behind API Gateway where a parameter asks for it. Adds
 * `sls connect plan|apply|status`, and `${times(6):...}` and `${pairs:...}` to serverless.yml.
 */
export default class ConnectPlugin {
  readonly commands = {
    connect: {
      usage: 'Plan, apply or show connectors through the deployed planner',
      commands: {
        plan: { usage: 'Show what applying the connector files would change', lifecycleEvents: ['plan'] },
        apply: { usage: 'Apply the connector files, as a deployment does', lifecycleEvents: ['apply'] },
        status: { usage: 'Show connectors and the states of their tasks', lifecycleEvents: ['status'] },
      },
    },
  };
  readonly hooks: Hooks = {
    initialize: async () => {
      this.#checkParameters();
      addHttpApi(this.#serverless.service, this.#serverless.service.custom.connect.api);
    },
    'after:aws:package:finalize:mergeCustomProviderResources': async () => {
      await this.#useKeptTable();
      await this.#allowFunctions();
    },
    'before:package:createDeploymentArtifacts': () => addConnectors(this.#serverless, this.#tools).catch((error) => this.#fail(error)),
    'before:deploy:function:packageFunction': () => addConnectors(this.#serverless, this.#tools).catch((error) => this.#fail(error)),
    'before:deploy:deploy': async () => void (await this.#readFiles()),
    'after:deploy:deploy': () => this.#applyDeployed(),
    'connect:plan:plan': () => this.#planOrApply('plan'),
    'connect:apply:apply': () => this.#planOrApply('apply'),
    'connect:status:status': () => this.#status(),
    'before:remove:remove': () => this.#removeSchedules(),
    'after:remove:remove': async () => this.#nameKeptTable(),
  };
  readonly configurationVariablesSources: VariableSources = {
    pairs: { resolve: async ({ address }) => ({ value: pairs(address) }) },
    times: { resolve: async ({ address, params }) => ({ value: Number(params?.[0]) * Number(address) }) },
  };
  readonly #serverless: Serverless;
  readonly #tools: PluginTools;
  readonly #output = createOutput({});

  constructor(serverless: Serverless, _options: unknown, tools: PluginTools) {
    this.#serverless = serverless;
    this.#tools = tools;
  }

  #checkParameters(): void {
    const { configurationInput, processedInput, service } = this.#serverless;
    const { default: defaults = {}, [service.provider.stage]: stage = {} } = configurationInput.params ?? {};
    const problems = parameterProblems({ default: defaults, stage, commandLine: processedInput.options.param ?? [] });
    if (problems.length > 0) this.#fail(new Error(problems.join('\n')));
  }

  /** CloudFormation can't create an existing table, and that table holds every position of a removed stack. */
  async #useKeptTable(): Promise<void> {
    const { processedInput, service } = this.#serverless;
    if (processedInput.commands.join(' ') !== 'deploy') return;
    const provider = this.#serverless.getProvider('aws');
    const config = await provider.getAwsSdkV3Config();
    const { table } = service.custom.connect;
    if ((await stackHasTable(config, provider.naming.getStackName())) || !(await tableExists(config, table))) return;
    useKeptTable(service.provider.compiledCloudFormationTemplate, table);
    this.#tools.log.notice(
      `Table ${table} already exists. The stack uses it as it is, with every position, and the table outlives the stack`,
    );
  }

  /** A folder that is not there is named by the deployment: to package needs none. */
  async #allowFunctions(): Promise<void> {
    const { serviceDir, service } = this.#serverless;
    if (!hasConnectorFiles(serviceDir, service.custom.connect.connectors)) return;
    const documents = await this.#readFiles();
    allowFunctions(
      service.provider.compiledCloudFormationTemplate,
      documents.map(({ spec }) => spec),
    );
  }

  /** The stack is already deployed, so a failure here must not read as if it were not. */
  async #applyDeployed(): Promise<void> {
    try {
      await this.#planOrApply('apply');
    } catch (error) {
      const stack = this.#serverless.getProvider('aws').naming.getStackName();
      this.#tools.log.error(`Stack ${stack} is deployed, but ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }

  async #planOrApply(action: 'plan' | 'apply'): Promise<void> {
    const documents = await this.#readFiles();
    await this.#withPlanner(async (planner) => {
      let done = 0;
      const send = async ({ document }: ValidDocument) => {
        const plan = await ask<PlanResult>(planner, { action, file: document.data });
        reportFindings(plan.warnings, this.#output, document);
        this.#output.result(renderPlan(plan, false));
        done += 1;
      };
      const code = await inTurn(documents, this.#output, send, ({ document, spec }) => ({ document, connector: spec.name }));
      if (code !== 0) throw new Error(this.#unused(documents.length - done, documents.length, action));
      const named = new Set(documents.map(({ spec }) => spec.name));
      for (const { name } of await ask<ConnectorSummary[]>(planner, { action: 'list' })) {
        if (!named.has(name)) this.#nameOther(name);
      }
    });
  }

  #unused(count: number, all: number, action: string): string {
    const { stage } = this.#serverless.service.provider;
    return `${count} of ${all} connectors could not be ${action === 'plan' ? 'planned' : 'applied'}; see the reasons above, then run npx sls connect ${action} --stage ${stage}`;
  }

  /** A connector continues when its file is deleted. A warning says that it still runs. */
  #nameOther(name: string): void {
    const command = `rocketmq-connect delete ${name} --target aws --stage ${this.#serverless.service.provider.stage}`;
    this.#tools.log.warning(`Connector ${name} has no file and keeps running; to end it, run ${command}`);
  }

  async #status(): Promise<void> {
    await this.#withPlanner(async (planner) => {
      for (const { name } of await ask<ConnectorSummary[]>(planner, { action: 'list' })) {
        const status = await ask<StatusResult>(planner, { action: 'status', connector: name });
        this.#output.result(renderStatus(status, Date.now(), { local: false }));
      }
    });
  }

  async #readFiles(): Promise<ValidDocument[]> {
    const { serviceDir, service } = this.#serverless;
    return readConnectorFolder(serviceDir, service.custom.connect.connectors, this.#output).catch((error) => this.#fail(error));
  }

  async #withPlanner(use: (planner: Planner) => Promise<void>): Promise<void> {
    const config = await this.#serverless.getProvider('aws').getAwsSdkV3Config();
    config.requestHandler.updateHttpClientConfig('socketTimeout', MAX_PLAN_MS);
    const { provider } = this.#serverless.service;
    const target = openAwsTarget({ stage: provider.stage, function: this.#serverless.service.getFunction('planner').name }, config);
    try {
      await use(target.planner);
    } catch (error) {
      this.#fail(error as Error);
    } finally {
      await target.close();
    }
  }

  #fail(error: Error): never {
    throw new this.#serverless.classes.Error(error.message, 'CONNECT');
  }

  async #removeSchedules(): Promise<void> {
    const { scheduleGroup: group } = this.#serverless.service.custom.connect;
    const progress = this.#tools.progress.create({ message: `Deleting the schedules of group ${group}` });
    const config = await this.#serverless.getProvider('aws').getAwsSdkV3Config();
    const deleted = await removeSchedules(config, group, (count) => progress.update(`Deleting schedules: ${count}`));
    progress.remove();
    this.#tools.log.notice(`${deleted} schedules deleted`);
  }

  #nameKeptTable(): void {
    const { table, tableDeletionPolicy } = this.#serverless.service.custom.connect;
    if (tableDeletionPolicy !== 'Retain') return;
    this.#tools.log.notice(`Table ${table} is kept with every position; a deployment of this stage uses it again`);
  }
}

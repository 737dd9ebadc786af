import { ConnectError, type Finding, toConnectError } from '../../api/index.ts';
import type { ErrorReport, Planner, PlannerRequest, PlannerResponse } from '../planner-api.ts';
import { actorOf } from './actor-of.ts';
import { applyFile } from './apply-file.ts';
import { applyPlan } from './apply-plan.ts';
import { type ChangeDeps, recorded } from './change-record.ts';
import { deadLetter, deadLetters, letterWork } from './dead-letters.ts';
import { configOf, historyOf, rollback } from './history.ts';
import { pause, remove, resume, startTasks, stop } from './lifecycle.ts';
import { draftPlan, planResult } from './make-plan.ts';
import { metricsOf } from './metrics.ts';
import { alterOffsets, offsetsOf } from './offsets.ts';
import { checkBothEnds, withConnector } from './open-connector.ts';
import { overviewOf } from './overview.ts';
import { peek } from './peek.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { restart } from './restart.ts';
import { skip } from './skip.ts';
import { listConnectors, mustExist, runsOf, statusOf } from './status.ts';
import { usageOf } from './usage.ts';

/** So many runs are listed where no one says how many. */
const DEFAULT_RUNS = 20;
/** A function can answer no more at once. */
const MAX_RUNS = 10_000;

/** Creates the planner: every action of the command line and of event sources, behind one call that never throws. */
export function createPlanner(deps: PlannerDeps): Planner {
  return {
    async handle(request: PlannerRequest): Promise<PlannerResponse> {
      try {
        return { ok: true, result: await perform(request, deps) };
      } catch (error) {
        const report = errorReport(error);
        if (report.code === 'INTERNAL') deps.logger.error('planner failed', { action: request?.action, error: error as Error });
        return { ok: false, error: report };
      }
    },
  };
}

async function perform(request: PlannerRequest, deps: PlannerDeps): Promise<unknown> {
  refuseMalformed(request);
  const change = <R>(work: (deps: ChangeDeps) => Promise<R>) =>
    recorded({ action: request.action, actor: actorOf(request, deps) }, deps, work);
  switch (request.action) {
    case 'validate': {
      const spec = await deps.parseConnectorFile(request.file);
      const reach = () => withConnector(spec, deps, (connector, topics) => checkBothEnds(spec, connector, topics, deps));
      return { connector: spec.name, findings: request.reach === true ? (await reach()).warnings.map(masked) : [] };
    }
    case 'plan': {
      const draft = await draftPlan(await deps.parseConnectorFile(request.file), deps, { watched: true });
      return planResult(draft, draft.connector === undefined ? [] : await deps.store.listTasks(draft.spec.name));
    }
    case 'apply':
      return change((deps) => applyFile(request, deps));
    case 'replan':
      return change(async (deps) => {
        const { spec } = await mustExist(request.connector, deps);
        return applyPlan(await draftPlan(spec, deps, { watched: false }), deps);
      });
    case 'rollback':
      return change((deps) => rollback(request, deps));
    case 'snapshot':
      return change((deps) => planSnapshot(request.connector, request.tables, deps));
    case 'run':
      return startTasks(request.connector, request.tasks, request.byHand === true, deps);
    case 'peek':
      return peek(request, deps);
    case 'list':
      return listConnectors(deps);
    case 'overview':
      return overviewOf(request, deps);
    case 'status':
      return statusOf(request.connector, deps, request.from);
    case 'runs':
      return runsOf(request.connector, runsWanted(request.limit ?? DEFAULT_RUNS), deps);
    case 'metrics':
      return metricsOf(deps, request.from);
    case 'usage':
      return usageOf(request.connector, request.since, deps);
    case 'skip':
      return change((deps) => skip(request.connector, request.place, deps));
    case 'config':
      return configOf(request.connector, request.generation, deps);
    case 'history':
      return historyOf(request.connector, request.limit, deps);
    case 'offsets':
      return offsetsOf(request.connector, deps, request.lag);
    case 'alter-offsets':
      return change((deps) => alterOffsets(request.connector, request.offsets, deps));
    case 'dead-letters':
      return deadLetters(request, deps);
    case 'dead-letter':
      return deadLetter(request, deps);
    case 'redrive':
    case 'drop':
      return change((deps) => letterWork(request, deps));
    case 'pause':
      return change((deps) => pause(request.connector, deps));
    case 'resume':
      return change((deps) => resume(request.connector, deps));
    case 'stop':
      return change((deps) => stop(request.connector, deps));
    case 'restart':
      return change((deps) => restart(request.connector, request, deps));
    case 'delete':
      return change((deps) => remove(request.connector, deps));
    default:
      return unknownAction(request);
  }
}

function runsWanted(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_RUNS) return limit;
  throw new ConnectError('CONFIG_INVALID', `limit: ${limit} is no number of runs`, { remedy: `use 1 to ${MAX_RUNS}` });
}

async function planSnapshot(name: string, tables: readonly string[] | undefined, deps: ChangeDeps): Promise<unknown> {
  const { spec } = await mustExist(name, deps);
  deps.change.add({ tables: tables ?? [] });
  return applyPlan(await draftPlan(spec, deps, { watched: false, tables: tables ?? [] }), deps);
}

const WITHOUT_CONNECTOR: readonly unknown[] = ['validate', 'plan', 'apply', 'list', 'overview', 'peek', 'metrics'];

/** Events come from anywhere: the planner says what they leave out. */
function refuseMalformed(request: PlannerRequest): void {
  const { action, connector, tasks } = (request ?? {}) as { action?: unknown; connector?: unknown; tasks?: unknown };
  const refuse = (message: string) => {
    throw new ConnectError('CONFIG_INVALID', message, {
      remedy: 'send {"action":"run","connector":"NAME"} or another action of the planner',
    });
  };
  if (typeof action !== 'string') refuse(`action: ${JSON.stringify(action)} is no action`);
  if (WITHOUT_CONNECTOR.includes(action)) return;
  if (typeof connector !== 'string' || connector === '') refuse(`connector: the action ${action} names none`);
  if ((action === 'run' || action === 'restart') && tasks !== undefined && !Array.isArray(tasks))
    refuse('tasks: a list of numbers is expected');
}

function unknownAction(request: never): never {
  const { action } = request as { action?: unknown };
  throw new ConnectError('CONFIG_INVALID', `action: ${JSON.stringify(action)} is unknown`, {
    remedy: 'send {"action":"run","connector":"NAME"} or another action of the planner',
  });
}

/** Takes secrets out of a finding, as errors do with their messages by themselves. */
function masked(found: Finding): Finding {
  const { message, remedy = '' } = new ConnectError('INTERNAL', found.message, { remedy: found.remedy });
  return { ...found, message, remedy };
}

function errorReport(error: unknown): ErrorReport {
  const { code, message, remedy, retriable } = toConnectError(error);
  const findings = (error as { findings?: readonly Finding[] }).findings?.map(masked);
  return { code, message, retriable, ...(remedy === undefined ? {} : { remedy }), ...(findings === undefined ? {} : { findings }) };
}

import type { ConnectorTypes } from '../../config/parse-connector-file.ts';
import type { ConnectorOverview, OverviewResult, Planner, PlannerRequest, PlannerResponse } from '../../runtime/planner-api.ts';
import type { LogLevel } from '../answers/log-level.ts';
import { notFound, plannerError, RestError, withoutPlanner } from '../answers/rest-error.ts';
import { shownTasks, type Worker } from '../answers/states.ts';
import { type FlatConfig, flatOfFile } from '../config/flat-config.ts';

/** What the routes share. */
export interface Context {
  readonly planner: Planner;
  readonly types: ConnectorTypes;
  readonly worker: Worker;
  /** Names the table or the planner function, for people. */
  readonly cluster: string;
  readonly logLevel: LogLevel;
  /** Where a browser that opens `/` goes. */
  readonly home?: string;
}

/** Sends a request to the planner, and returns what it answers, also a failure. Throws RestError where it does not answer. */
export const answerOf = ({ planner }: Pick<Context, 'planner'>, request: PlannerRequest): Promise<PlannerResponse> =>
  planner.handle(request).catch((error: unknown) => {
    throw withoutPlanner(error);
  });

/** Sends a request to the planner. Throws RestError, also for a failure. */
export async function ask<R>(context: Pick<Context, 'planner'>, request: PlannerRequest): Promise<R> {
  const response = await answerOf(context, request);
  if (response.ok) return response.result as R;
  throw plannerError(response.error, response.error.code === 'NOT_FOUND' ? whatIsMissing(request.action) : undefined);
}

/** Clients take 404 for an answer about a connector, and make one that has gone anew. */
function whatIsMissing(action: PlannerRequest['action']): number {
  if (action === 'overview') return 500;
  return ABOUT_CONNECTOR.includes(action) ? 404 : 400;
}

/** The others reach systems, where something else may be missing. */
const ABOUT_CONNECTOR: readonly string[] = ['pause', 'resume', 'stop', 'delete', 'status', 'offsets'];

/** All connectors, by name. */
export async function allConnectors(context: Pick<Context, 'planner'>): Promise<ConnectorOverview[]> {
  const connectors: ConnectorOverview[] = [];
  let from: string | undefined;
  do {
    const page: OverviewResult = await ask(context, { action: 'overview', ...(from !== undefined && { from }) });
    connectors.push(...page.connectors);
    from = page.next;
  } while (from !== undefined);
  return connectors;
}

/** One connector; undefined where there is none of this name. */
export async function findConnector(context: Pick<Context, 'planner'>, name: string): Promise<ConnectorOverview | undefined> {
  const { connectors } = await ask<OverviewResult>(context, { action: 'overview', connector: name });
  return connectors[0];
}

/** One connector. Throws 404. */
export async function connectorNamed(context: Pick<Context, 'planner'>, name: string): Promise<ConnectorOverview> {
  const found = await findConnector(context, name);
  if (found === undefined) throw notFound(`no connector ${JSON.stringify(name)}`);
  return found;
}

/** A connector whose offsets may be changed. Throws 404 or 400. A run that was under way at the stop stores nothing more either way. */
export async function stoppedConnector(context: Pick<Context, 'planner'>, name: string): Promise<ConnectorOverview> {
  const connector = await connectorNamed(context, name);
  if (connector.desired === 'STOPPED') return connector;
  throw new RestError(400, `offsets can only be changed while the connector is stopped; ${name} is ${connector.desired}: stop it first`);
}

/** The configuration as it was given, or what stands for a connector file that was applied. */
export const configOf = ({ file, given }: ConnectorOverview): FlatConfig => given ?? flatOfFile(file);

export const shownInfo = (connector: ConnectorOverview) => ({
  name: connector.name,
  config: configOf(connector),
  tasks: shownTasks(connector).map(({ task }) => ({ connector: connector.name, task })),
  type: connector.direction,
});

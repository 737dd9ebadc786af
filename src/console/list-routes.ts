import { ok, type Route, route } from '../rest/answers/route.ts';
import { ask } from '../rest/routes/context.ts';
import type { ConnectorMetrics, ConnectorSummary, MetricsResult, TaskState } from '../runtime/planner-api.ts';
import type { About, ConnectorList, ListedConnector } from './answers.ts';
import type { ConsoleContext } from './console-context.ts';
import { totalsOf } from './totals.ts';

/** What there is: connectors, connector types, and where they run. */
export function listRoutes(context: ConsoleContext): Route[] {
  const { target, version, cluster, types, prices } = context;
  return [
    route({
      method: 'GET',
      path: '/api/about',
      summary: 'Say where the connectors run, and which types there are',
      answers: { 200: undefined },
      handle: async () => {
        const loaded = await Promise.all(Object.values(types).map((load) => load()));
        const shown = loaded.map(({ type, direction, summary }) => ({ type, direction, summary }));
        return ok({ version, target, cluster, region: prices.region, types: shown } satisfies About);
      },
    }),
    route({
      method: 'GET',
      path: '/api/connectors',
      summary: 'List connectors with their states, reasons, lag and the age of their last records',
      answers: { 200: undefined },
      handle: async () => {
        const [summaries, { connectors }] = await Promise.all([
          ask<ConnectorSummary[]>(context, { action: 'list' }),
          ask<MetricsResult>(context, { action: 'metrics' }),
        ]);
        const metrics = new Map(connectors.map((connector) => [connector.name, connector]));
        const listed = summaries.map((summary) => ({ ...summary, ...together(metrics.get(summary.name)) }));
        return ok({ at: Date.now(), connectors: listed } satisfies ConnectorList);
      },
    }),
  ];
}

type Together = Omit<ListedConnector, keyof ConnectorSummary>;

/** What the tasks of a connector say together. A connector that was made between the two answers says nothing yet. */
function together(connector: ConnectorMetrics | undefined): Together {
  const tasks = connector?.taskMetrics ?? [];
  const states: Partial<Record<TaskState, number>> = {};
  for (const { state } of tasks) states[state] = (states[state] ?? 0) + 1;
  return { ...(connector && { direction: connector.direction }), taskStates: states, ...totalsOf(tasks) };
}

import type { Prices } from '../../cost/prices.ts';
import { CONTENT_TYPE, openMetrics } from '../../metrics/open-metrics.ts';
import { RestError } from '../../rest/answers/rest-error.ts';
import { type Route, route } from '../../rest/answers/route.ts';
import { ask } from '../../rest/routes/context.ts';
import type { MetricsResult, Planner } from '../../runtime/planner-api.ts';

const NAMES = ['own', 'kafka'] as const;
const FORMATS = ['openmetrics', 'text'] as const;

/** The endpoint that Prometheus reads. With `prices` it says what connectors cost. */
export const metricsRoute = (planner: Planner, prices?: Prices): Route =>
  route({
    method: 'GET',
    path: '/metrics',
    summary: 'Show states, counters, lag and ages of all tasks, for Prometheus',
    query: {
      names: 'own, which is the default, or kafka: the names that dashboards of Kafka Connect use',
      format: 'openmetrics, which is the default, or text: the older format of Prometheus',
    },
    answers: { 200: undefined },
    handle: async ({ query }) => {
      const names = chosen(query, 'names', NAMES);
      const format = chosen(query, 'format', FORMATS);
      const { connectors } = await ask<MetricsResult>({ planner }, { action: 'metrics' });
      return {
        status: 200,
        text: { type: CONTENT_TYPE[format], content: openMetrics(connectors, { names, format, ...(prices && { prices }) }) },
      };
    },
  });

/** The first is the default. Throws 400 for what is none of them. */
function chosen<T extends string>(query: URLSearchParams, name: string, choices: readonly [T, ...T[]]): T {
  const asked = query.get(name) ?? choices[0];
  const found = choices.find((choice) => choice === asked);
  if (found === undefined) throw new RestError(400, `${name}: ${JSON.stringify(asked)} is unknown; use ${choices.join(' or ')}`);
  return found;
}

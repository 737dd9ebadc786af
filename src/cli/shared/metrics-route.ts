import type { Prices } from '../../cost/prices.ts';
import { CONTENT_TYPES, FORMATS, type Format, metricsText } from '../../metrics/metrics-text.ts';
import { RestError } from '../../rest/answers/rest-error.ts';
import { type Route, route } from '../../rest/answers/route.ts';
import { ask } from '../../rest/routes/context.ts';
import type { MetricsResult, Planner } from '../../runtime/planner-api.ts';

const NAMES = ['own', 'kafka'] as const;

/** The endpoint that Prometheus reads. With `prices` it says what connectors cost. */
export const metricsRoute = (planner: Planner, prices?: Prices): Route =>
  route({
    method: 'GET',
    path: '/metrics',
    summary: 'Show states, counters, lag and ages of all tasks as OpenMetrics, or as text/plain for who accepts that alone',
    query: {
      names: 'own, which is the default, or kafka: the names that dashboards of Kafka Connect use',
      format: 'openmetrics or prometheus, in place of what the client accepts',
    },
    answers: { 200: undefined },
    handle: async ({ query, accept }) => {
      const names = chosen(query, 'names', NAMES) ?? 'own';
      const format = chosen(query, 'format', FORMATS) ?? formatFor(accept);
      const { connectors } = await ask<MetricsResult>({ planner }, { action: 'metrics' });
      const content = metricsText(connectors, { names, format, ...(prices && { prices }) });
      return { status: 200, text: { type: CONTENT_TYPES[format], content } };
    },
  });

/** Tools that do not know OpenMetrics ask for plain text. */
const formatFor = (accept: string): Format =>
  /text\/plain/i.test(accept) && !/application\/openmetrics-text/i.test(accept) ? 'prometheus' : 'openmetrics';

/** Throws 400 for what is none of the choices. */
function chosen<T extends string>(query: URLSearchParams, name: string, choices: readonly T[]): T | undefined {
  const asked = query.get(name);
  const found = choices.find((choice) => choice === asked);
  if (asked !== null && found === undefined)
    throw new RestError(400, `${name}: ${JSON.stringify(asked)} is unknown; use ${choices.join(' or ')}`);
  return found;
}

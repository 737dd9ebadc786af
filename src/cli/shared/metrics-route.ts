import type { Prices } from '../../cost/prices.ts';
import { CONTENT_TYPES, type Format, metricsText } from '../../metrics/metrics-text.ts';
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
    query: { names: 'own, which is the default, or kafka: the names that dashboards of Kafka Connect use' },
    answers: { 200: undefined },
    handle: async ({ query, accept }) => {
      const asked = query.get('names') ?? 'own';
      const names = NAMES.find((name) => name === asked);
      if (names === undefined) throw new RestError(400, `names: ${JSON.stringify(asked)} is unknown; use ${NAMES.join(' or ')}`);
      const { connectors } = await ask<MetricsResult>({ planner }, { action: 'metrics' });
      const format = formatFor(accept);
      const content = metricsText(connectors, { names, format, ...(prices && { prices }) });
      return { status: 200, text: { type: CONTENT_TYPES[format], content } };
    },
  });

/** Tools that do not know OpenMetrics ask for plain text. */
const formatFor = (accept: string): Format =>
  /text\/plain/i.test(accept) && !/application\/openmetrics-text/i.test(accept) ? 'prometheus' : 'openmetrics';

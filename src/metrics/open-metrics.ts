import type { Prices } from '../cost/prices.ts';
import type { ConnectorMetrics } from '../runtime/planner-api.ts';
import { connectorFamilies } from './connector-families.ts';
import { exposition, type Format } from './exposition.ts';
import { kafkaFamilies } from './kafka-families.ts';
import { taskFamilies } from './task-families.ts';

export { CONTENT_TYPE, type Format } from './exposition.ts';

export interface MetricsOptions {
  /** ms since 1970, from which ages count; default now. */
  readonly now?: number;
  /** `kafka`: the names that dashboards of Kafka Connect use. Default `own`. */
  readonly names?: 'own' | 'kafka';
  /** Default `openmetrics`. */
  readonly format?: Format;
  /** Adds what connectors cost at these prices, to the metrics by our own names. Default: no cost. */
  readonly prices?: Prices;
}

/**
 * Returns what the planner's `metrics` answered as text, whose type is `CONTENT_TYPE[format]`. Every task of the plans in force has its
 * series, whether it runs, is paused, has failed or never ran.
 */
export function openMetrics(connectors: readonly ConnectorMetrics[], options: MetricsOptions = {}): string {
  const { now = Date.now(), names = 'own', format = 'openmetrics', prices } = options;
  const tasks = connectors.flatMap((connector) => connector.taskMetrics.map((task) => ({ connector, task })));
  if (names === 'kafka') return exposition(kafkaFamilies(connectors, tasks), format);
  return exposition([...connectorFamilies(connectors, prices), ...taskFamilies(tasks, now)], format);
}

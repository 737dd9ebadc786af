import { costOf } from '../cost/cost.ts';
import type { Prices } from '../cost/prices.ts';
import type { ConnectorMetrics } from '../runtime/planner-api.ts';
import { memoryOf, sumOf } from '../store/counters.ts';
import type { Family } from './exposition.ts';
import { stateSamples } from './task-families.ts';

const CONNECTOR_STATES: readonly string[] = ['RUNNING', 'DEGRADED', 'STALLED', 'FAILED', 'PAUSED', 'STOPPED'];

/** Returns what is known of each connector as a whole; its cost where there are prices. */
export function connectorFamilies(connectors: readonly ConnectorMetrics[], prices: Prices | undefined): Family[] {
  const gauge = (name: string, help: string, measure: (connector: ConnectorMetrics) => number | undefined): Family => ({
    name: `rocketmq_connect_connector_${name}`,
    type: 'gauge',
    help,
    samples: connectors.flatMap((connector) => {
      const value = measure(connector);
      return value === undefined ? [] : [{ labels: { connector: connector.name }, value }];
    }),
  });
  const seconds = (name: string, help: string, measure: (connector: ConnectorMetrics) => number | undefined): Family => ({
    ...gauge(name, help, (connector) => {
      const ms = measure(connector);
      return ms === undefined ? undefined : ms / 1_000;
    }),
    unit: 'seconds',
  });
  return [
    {
      name: 'rocketmq_connect_connector',
      type: 'info',
      help: 'What a connector is.',
      samples: connectors.map(({ name, type, direction, topic = '', schedule = '', generation }) => ({
        labels: { connector: name, type, direction, topic, schedule, generation: String(generation) },
        value: 1,
      })),
    },
    {
      name: 'rocketmq_connect_connector_state',
      type: 'gauge',
      help: 'State of a connector: 1 for the one that it is in, 0 for all others.',
      samples: connectors.flatMap(({ name, state }) => stateSamples({ connector: name }, CONNECTOR_STATES, state)),
    },
    gauge('tasks', 'Tasks of the plan in force.', ({ tasks }) => tasks),
    gauge('plan_pending', '1 where a plan was started and has not taken effect.', ({ planPending }) => (planPending ? 1 : 0)),
    seconds(
      'age_seconds',
      'How old data at the target may be: 0 where nothing is left to copy. Absent where the connector is paused or stopped.',
      ({ ageMs }) => ageMs,
    ),
    seconds(
      'target_age_seconds',
      'How old it should be at most: the freshness, or the time between two starts of the schedule.',
      ({ targetMs }) => targetMs,
    ),
    ...(prices === undefined ? [] : [costFamily(connectors, prices)]),
  ];
}

function costFamily(connectors: readonly ConnectorMetrics[], prices: Prices): Family {
  return {
    name: 'rocketmq_connect_connector_cost_dollars',
    type: 'counter',
    help: 'What the runs of the tasks cost at list prices, by part, without looks and EventBridge Scheduler.',
    samples: connectors.flatMap((connector) => {
      const { taskMetrics } = connector;
      const { parts } = costOf({ usage: sumOf(taskMetrics.map(({ counters }) => counters)), memoryMb: memoryOf(taskMetrics) }, prices);
      const { looks: _, scheduler: __, ...known } = parts;
      return Object.entries(known).map(([part, value]) => ({ labels: { connector: connector.name, part }, value }));
    }),
  };
}

import type { ConnectorState, ConnectorSummary } from '../../runtime/planner-api.ts';
import { renderAge } from '../render/age.ts';
import { renderSchedule } from '../render/schedule.ts';
import { renderTable } from '../render/table.ts';
import { byUrgency } from '../shared/by-urgency.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = (_, flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const all = await ask<ConnectorSummary[]>(planner, { action: 'list' });
    const connectors = byUrgency(all, flags.state as readonly ConnectorState[] | undefined);
    if (flags.json) output.json(connectors);
    else if (all.length > 0 && connectors.length === 0) output.note('no connector is in that state');
    else if (connectors.length === 0) output.note('there are no connectors; see `rocketmq-connect apply --help`');
    else {
      const withAge = connectors.some(({ freshnessMs }) => freshnessMs !== undefined);
      const rows = connectors.map((connector) => {
        const { name, type, state, planPending, tasks } = connector;
        return [
          name,
          type,
          planPending ? `${state}, plan pending` : state,
          String(tasks),
          renderSchedule(connector, { local: flags.target === 'local' }),
          ...(withAge ? [renderAge(connector)] : []),
          connector.reason ?? '',
        ];
      });
      output.result(renderTable(['connector', 'type', 'state', 'tasks', 'schedule', ...(withAge ? ['age'] : []), 'reason'], rows));
    }
    return EXIT.ok;
  });

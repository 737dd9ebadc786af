import { connectorCosts } from '../../cost/connector-costs.ts';
import { DAY_MS } from '../../cost/looks.ts';
import type { ConnectorSummary, UsageResult } from '../../runtime/planner-api.ts';
import { renderCosts } from '../render/cost.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { eachConnector } from '../shared/in-turn.ts';
import { matchingNames } from '../shared/matching-names.ts';
import { choosePrices } from '../shared/price-table.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = async (names, flags, output) => {
  const days = Number(flags.days);
  const { prices, region } = await choosePrices(flags, output);
  return withTarget(flags, output, async ({ planner }) => {
    const wanted =
      names.length > 0
        ? await matchingNames(planner, names)
        : (await ask<ConnectorSummary[]>(planner, { action: 'list' })).map(({ name }) => name);
    const since = Date.now() - days * DAY_MS;
    const used: UsageResult[] = [];
    const code = await eachConnector(wanted, output, async (connector) => {
      used.push(await ask<UsageResult>(planner, { action: 'usage', connector, since }));
    });
    const costs = connectorCosts(used, prices);
    const local = flags.target === 'local';
    if (flags.json) output.json(costs.map((cost) => ({ ...cost, region, billed: !local })));
    else if (costs.length > 0) {
      output.result(renderCosts(costs));
      if (local) output.note(`these runs cost nothing on this machine; so much they would have cost on AWS, in ${region}`);
      else output.note(`list prices of ${region}, for ${days === 1 ? 'one day' : `${days} days`}; docs/cost.md says what comes on top`);
    } else if (code === EXIT.ok) output.note('there are no connectors; see `rocketmq-connect apply --help`');
    return code;
  });
};

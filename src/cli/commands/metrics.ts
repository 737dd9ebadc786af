import { metricsText } from '../../metrics/metrics-text.ts';
import type { MetricsResult } from '../../runtime/planner-api.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { choosePrices } from '../shared/price-table.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = (_, flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const { connectors } = await ask<MetricsResult>(planner, { action: 'metrics' });
    const names = flags.names === 'kafka' ? 'kafka' : 'own';
    // Runs on this machine cost nothing.
    const cost = flags.target === 'aws' && names === 'own' ? { prices: (await choosePrices(flags, output)).prices } : {};
    const format = flags.format === 'openmetrics' ? 'openmetrics' : 'prometheus';
    output.result(metricsText(connectors, { names, format, ...cost }).trimEnd());
    return EXIT.ok;
  });

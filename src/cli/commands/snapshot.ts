import type { PlanResult } from '../../runtime/planner-api.ts';
import { renderPlan } from '../render/plan.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { eachConnector } from '../shared/in-turn.ts';
import { withTarget } from '../target/target.ts';
import { ask, reportFindings } from '../terminal/failures.ts';

export const run: CommandRun = (names, flags, output) =>
  withTarget(flags, output, ({ planner }) =>
    eachConnector(names, output, async (connector) => {
      const plan = await ask<PlanResult>(planner, { action: 'snapshot', connector, tables: flags.tables as string[] });
      reportFindings(plan.warnings, output);
      if (flags.json) output.json(plan);
      else output.result(renderPlan(plan, output.verbose));
      const { schedule } = plan;
      const waits = schedule === undefined ? '' : `, or wait for ${schedule}${flags.target === 'local' ? ' while `dev` runs' : ''}`;
      output.note(`${connector}: the next runs copy these rows; run \`rocketmq-connect run ${connector} --until-caught-up\`${waits}`);
    }),
  );

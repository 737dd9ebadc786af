import { CONSOLE, consoleRoutes } from '../../console/console-routes.ts';
import { projectRegistry } from '../project/registry.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { idleMonthOf } from '../shared/idle-month-of.ts';
import { metricsRoute } from '../shared/metrics-route.ts';
import { pageFiles } from '../shared/page-files.ts';
import { choosePrices } from '../shared/price-table.ts';
import { productVersion } from '../shared/product-version.ts';
import { serveRest } from '../shared/serve-rest.ts';
import { TaskStarter } from '../shared/task-starter.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';

export const run: CommandRun = (_, flags, output) =>
  withTarget(flags, output, async (target) => {
    const { planner, detached } = target;
    const { host, port, allowHost = [] } = flags as unknown as { host: string; port: number; allowHost?: readonly string[] };
    const cluster = detached ? (flags.function ?? `rocketmq-connect-${flags.stage}-planner`) : flags.table;
    const registry = await projectRegistry();
    const prices = await choosePrices(flags, output);
    const { logger } = output;
    const starter = new TaskStarter(target, logger);
    const more = [
      // Runs on this machine cost nothing.
      metricsRoute(planner, detached ? prices.prices : undefined),
      ...consoleRoutes({
        planner,
        types: registry.connectorTypes,
        target: detached ? 'aws' : 'local',
        version: await productVersion(),
        cluster,
        prices,
        loadFiles: pageFiles,
        startTasks: (connector) => starter.start(connector),
        idleMonth: (connector) => idleMonthOf(connector, prices.prices),
      }),
    ];
    const { signal, done } = onInterrupt(output, '');
    const server = await serveRest({ planner, registry, logger, cluster, host, port, hosts: allowHost, home: CONSOLE, more });
    try {
      if (!detached) output.note('schedules and starts take effect while `rocketmq-connect dev` runs beside this');
      output.note(`serving Kafka Connect's REST API at ${server.url} until Ctrl-C`);
      output.note(`the console is at ${server.url}${CONSOLE}`);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve());
      });
      // What the planner is doing is repeatable, and nobody waits for its answer any more.
      output.abandon();
      return EXIT.ok;
    } finally {
      server.close();
      await starter.close();
      done();
    }
  });

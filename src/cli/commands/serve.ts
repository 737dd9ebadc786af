import { projectRegistry } from '../project/registry.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { metricsRoute } from '../shared/metrics-route.ts';
import { choosePrices } from '../shared/price-table.ts';
import { serveRest } from '../shared/serve-rest.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';

export const run: CommandRun = (_, flags, output) =>
  withTarget(flags, output, async ({ planner, detached }) => {
    const { host, port, allowHost = [] } = flags as unknown as { host: string; port: number; allowHost?: readonly string[] };
    const cluster = detached ? (flags.function ?? `rocketmq-connect-${flags.stage}-planner`) : flags.table;
    const registry = await projectRegistry();
    // Runs on this machine cost nothing.
    const prices = detached ? (await choosePrices(flags, output)).prices : undefined;
    const more = [metricsRoute(planner, prices)];
    const { signal, done } = onInterrupt(output, '');
    const server = await serveRest({ planner, registry, logger: output.logger, cluster, host, port, hosts: allowHost, more });
    try {
      if (!detached) output.note('schedules and starts take effect while `rocketmq-connect dev` runs beside this');
      output.note(`serving Kafka Connect's REST API at ${server.url} until Ctrl-C`);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve());
      });
      // What the planner is doing is repeatable, and nobody waits for its answer any more.
      output.abandon();
      return EXIT.ok;
    } finally {
      server.close();
      done();
    }
  });

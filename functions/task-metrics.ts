import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { TaskOutcome } from '../src/runtime/run/contracts.ts';

/**
 * Emits what an invocation did as CloudWatch metrics, by connector and with `perTask` also by task. AWS bills each combination. The log
 * line that carries them names the task in any case. `failures` counts on while a task waits for `resume`.
 */
export function emitTaskMetrics(metrics: Metrics, outcome: TaskOutcome, perTask: boolean): void {
  const { connector, task, summary } = outcome;
  const failed = outcome.outcome === 'failed' || outcome.outcome === 'failed-before';
  if (summary === undefined && !failed) return;
  metrics.addDimensions({ connector });
  if (perTask) metrics.addDimensions({ connector, task: String(task) });
  else metrics.addMetadata('task', String(task));
  metrics.addMetric('failures', MetricUnit.Count, failed ? 1 : 0);
  if (summary !== undefined) {
    metrics.addMetric('records', MetricUnit.Count, summary.records);
    metrics.addMetric('bytes', MetricUnit.Bytes, summary.bytes);
    metrics.addMetric('durationMs', MetricUnit.Milliseconds, summary.endedAt - summary.startedAt);
    // Only where there are any: a metric that is never sent is never billed.
    if (summary.deadLetters > 0) metrics.addMetric('deadLetters', MetricUnit.Count, summary.deadLetters);
    if (summary.lagRecords !== undefined) metrics.addMetric('lagRecords', MetricUnit.Count, summary.lagRecords);
    if (summary.lagMs !== undefined) metrics.addMetric('lagMs', MetricUnit.Milliseconds, summary.lagMs);
  }
  metrics.publishStoredMetrics();
  // Of all connectors together, for the alarm: one can't be set on a sum over dimensions.
  if (summary !== undefined && summary.deadLetters > 0) {
    metrics.singleMetric().addMetric('deadLetters', MetricUnit.Count, summary.deadLetters);
  }
}

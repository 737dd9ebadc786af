import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { emitTaskMetrics } from '../../../functions/task-metrics.ts';
import type { RunSummary } from '../../../src/store/store.ts';

const ran = (overrides: Partial<RunSummary>) => ({
  connector: 'orders',
  task: 3,
  type: 'kafka-source',
  outcome: 'ran' as const,
  continued: false,
  summary: { startedAt: 1_000, endedAt: 3_500, outcome: 'caught-up' as const, records: 7, bytes: 70, deadLetters: 0, ...overrides },
});

/** What CloudWatch would read from the log: by the names of its dimensions, name and value of each metric. */
function emitted(overrides: Partial<RunSummary>): Record<string, Record<string, number>> {
  const lines: string[] = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line);
  });
  emitTaskMetrics(new Metrics({ namespace: 'Test', serviceName: 'connect' }), ran(overrides), false);
  return Object.fromEntries(
    lines.map((line) => {
      const blob = JSON.parse(line);
      const [{ Dimensions, Metrics: metrics }] = blob._aws.CloudWatchMetrics;
      return [Dimensions.flat().join(), Object.fromEntries(metrics.map(({ Name }: { Name: string }) => [Name, blob[Name]]))];
    }),
  );
}

describe('metrics of a run', () => {
  // Lets the library write through the console that is listened to, instead of one of its own.
  beforeEach(() => {
    process.env.POWERTOOLS_DEV = 'true';
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  });
  afterEach(() => {
    delete process.env.POWERTOOLS_DEV;
    delete process.env.POWERTOOLS_METRICS_DISABLED;
    jest.restoreAllMocks();
  });

  it('are written by connector, without metrics that a run has no value for', () => {
    expect(emitted({})).toEqual({ 'service,connector': { failures: 0, records: 7, bytes: 70, durationMs: 2_500 } });
  });

  it('count dead letters of all connectors together, too: that is what the alarm looks at', () => {
    expect(emitted({ deadLetters: 2, lagRecords: 5 })).toEqual({
      'service,connector': { failures: 0, records: 7, bytes: 70, durationMs: 2_500, deadLetters: 2, lagRecords: 5 },
      service: { deadLetters: 2 },
    });
  });
});

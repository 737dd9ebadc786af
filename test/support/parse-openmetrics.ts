import { runPython } from './run-python.ts';

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: ReadonlyArray<{ readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }>;
}

/** Reads OpenMetrics text as Prometheus' own client for Python does. Throws what it finds wrong. */
export const parseOpenmetrics = (metrics: string): Promise<ParsedFamily[]> =>
  runPython('parse-openmetrics.py', 'prometheus_client==0.22.1', metrics);

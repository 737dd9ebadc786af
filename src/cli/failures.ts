import { type Finding, toConnectError } from '../api/index.ts';
import { FileError } from '../config/config-error.ts';
import type { ConnectorDocument } from '../config/yaml-files.ts';
import type { ErrorReport, Planner, PlannerRequest } from '../runtime/planner-api.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { type Output, styled } from './output.ts';

/** What the planner answered instead of a result, wherever it runs. */
export class PlannerFailure extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport) {
    super(report.message);
    this.report = report;
  }
}

/** Sends a request; the failure that comes back as a value is thrown. */
export async function ask<R>(planner: Planner, request: PlannerRequest): Promise<R> {
  const response = await planner.handle(request);
  if (!response.ok) throw new PlannerFailure(response.error);
  return response.result as R;
}

/** Prints an error, a line for each finding with its place in the file, and returns the exit code that it stands for. */
export function reportFailure(error: unknown, output: Output, document?: ConnectorDocument): number {
  const report = errorReport(error);
  const findings = report.findings?.filter(({ level }) => level === 'error') ?? [];
  if (findings.length > 0) reportFindings(findings, output, document);
  else if (error instanceof FileError) output.problem(line({ ...report, message: error.problem }, error.place));
  else output.problem(line(report, document?.locate(optionIn(report.message))));
  if (output.verbose && error instanceof Error && !(error instanceof PlannerFailure)) output.problem(error.stack ?? '');
  const codes = findings.length > 0 ? findings.map(({ code }) => exitCodeOf(code)) : [exitCodeOf(report.code)];
  return codes.includes(EXIT.failure) ? EXIT.failure : Math.max(...codes);
}

const line = ({ code, message, remedy }: Pick<ErrorReport, 'code' | 'message' | 'remedy'>, place: string | undefined): string =>
  `${place === undefined ? '' : `${place}: `}${styled('red', code, process.stderr)}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;

/** The message of an error that is about an option begins with its name. */
const optionIn = (message: string): string => /^([A-Za-z][\w.[\]]*): /.exec(message)?.[1] ?? '';

/** In the order of the file, where there is one. */
export function reportFindings(findings: readonly Finding[], output: Output, document?: ConnectorDocument): void {
  const placed = findings.map((finding) => ({ finding, place: document?.locate(finding.option) }));
  for (const { finding, place } of placed.sort((a, b) => lineOf(a.place) - lineOf(b.place))) {
    const { level, code, option, message, remedy } = finding;
    const warning = level === 'warning' ? `${styled('yellow', 'warning', process.stderr)} ` : '';
    output.problem(warning + line({ code, message: option === '' ? message : `${option}: ${message}`, remedy }, place));
  }
}

const lineOf = (place: string | undefined): number => Number(/:(\d+):\d+$/.exec(place ?? '')?.[1] ?? 0);

function errorReport(error: unknown): ErrorReport {
  if (error instanceof PlannerFailure) return error.report;
  const { code, message, remedy = 'see more with --verbose', retriable } = toConnectError(error);
  const findings = (error as { findings?: readonly Finding[] }).findings;
  return { code, message, remedy, retriable, ...(findings === undefined ? {} : { findings }) };
}

import { ConnectError, type Finding } from '../api/index.ts';
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

const line = ({ code, message, remedy }: ErrorReport, place: string | undefined): string =>
  `${place === undefined ? '' : `${place}: `}${styled('red', code, process.stderr)}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;

/** The message of an error that is about an option begins with its name. */
const optionIn = (message: string): string => /^([A-Za-z][\w.[\]]*): /.exec(message)?.[1] ?? '';

export function reportFindings(findings: readonly Finding[], output: Output, document?: ConnectorDocument): void {
  for (const { level, code, option, message, remedy } of findings) {
    const place = document === undefined ? '' : `${document.locate(option)}: `;
    const word = level === 'error' ? styled('red', code, process.stderr) : `${styled('yellow', 'warning', process.stderr)} ${code}`;
    output.problem(`${place}${word}: ${option === '' ? '' : `${option}: `}${message}; ${remedy}`);
  }
}

function errorReport(error: unknown): ErrorReport {
  if (error instanceof PlannerFailure) return error.report;
  const findings = (error as { findings?: readonly Finding[] }).findings;
  if (error instanceof ConnectError) {
    const { code, message, remedy, retriable } = error;
    return { code, message, retriable, ...(remedy === undefined ? {} : { remedy }), ...(findings === undefined ? {} : { findings }) };
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return { code: 'INTERNAL', message: message.replace(/\s+/g, ' '), remedy: 'see more with --verbose', retriable: false };
}

import { type Finding, toConnectError } from '../../api/index.ts';
import { FileError } from '../../config/config-error.ts';
import type { ConnectorDocument } from '../../config/yaml-files.ts';
import type { ErrorReport, Planner, PlannerRequest } from '../../runtime/planner-api.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { PlacedFinding } from './json-answer.ts';
import { type Output, styled } from './output.ts';

/** An error of the planner, wherever it runs. */
export class PlannerFailure extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport) {
    super(report.message);
    this.report = report;
  }
}

/** Sends a request. Throws PlannerFailure if the answer is a failure. */
export async function ask<R>(planner: Planner, request: PlannerRequest): Promise<R> {
  const response = await planner.handle(request);
  if (!response.ok) throw new PlannerFailure(response.error);
  return response.result as R;
}

/** The subject of an error, as far as it is known. */
export interface About {
  readonly document?: ConnectorDocument | undefined;
  readonly connector?: string | undefined;
  readonly task?: number;
}

/** Prints an error, or a line for each finding with its place in the file. Returns the exit code for it. */
export function reportFailure(error: unknown, output: Output, about: About = {}): number {
  const { document, connector, task } = about;
  const { findings: all = [], ...report } = errorReport(error);
  const findings = placed(
    all.filter(({ level }) => level === 'error'),
    document,
  );
  const [first] = findings;
  const message = error instanceof FileError ? error.problem : report.message;
  const place = first?.place ?? (error instanceof FileError ? error.place : document?.locate(optionIn(report.message)));
  if (first !== undefined) printFindings(findings, output);
  else output.problem(line({ ...report, message }, place));
  output.failed({
    ...report,
    message,
    ...(place !== undefined && { place }),
    ...(connector !== undefined && { connector }),
    ...(task !== undefined && { task }),
    ...(first !== undefined && { findings }),
  });
  if (output.verbose && error instanceof Error && !(error instanceof PlannerFailure)) output.problem(error.stack ?? '');
  const codes = first === undefined ? [exitCodeOf(report.code)] : findings.map(({ code }) => exitCodeOf(code));
  return codes.includes(EXIT.failure) ? EXIT.failure : Math.max(...codes);
}

const line = ({ code, message, remedy }: Pick<ErrorReport, 'code' | 'message' | 'remedy'>, place: string | undefined): string =>
  `${place === undefined ? '' : `${place}: `}${styled('red', code, process.stderr)}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;

/** If a message is about an option, it starts with the option's name. */
const optionIn = (message: string): string => /^([A-Za-z][\w.[\]]*): /.exec(message)?.[1] ?? '';

/** Prints findings, in the order of the file if there is one. */
export const reportFindings = (findings: readonly Finding[], output: Output, document?: ConnectorDocument): void =>
  printFindings(placed(findings, document), output);

function placed(findings: readonly Finding[], document: ConnectorDocument | undefined): PlacedFinding[] {
  if (document === undefined) return [...findings];
  return findings
    .map((finding) => ({ ...finding, place: document.locate(finding.option) }))
    .sort((a, b) => lineOf(a.place) - lineOf(b.place));
}

function printFindings(findings: readonly PlacedFinding[], output: Output): void {
  for (const { level, code, option, message, remedy, place } of findings) {
    const warning = level === 'warning' ? `${styled('yellow', 'warning', process.stderr)} ` : '';
    output.problem(warning + line({ code, message: option === '' ? message : `${option}: ${message}`, remedy }, place));
  }
}

const lineOf = (place: string): number => Number(/:(\d+):\d+$/.exec(place)?.[1] ?? 0);

function errorReport(error: unknown): ErrorReport {
  if (error instanceof PlannerFailure) return error.report;
  const {
    code,
    message,
    remedy = code === 'INTERNAL' ? 'run the command with --verbose to see more' : undefined,
    retriable,
  } = toConnectError(error);
  const findings = (error as { findings?: readonly Finding[] }).findings;
  return { code, message, ...(remedy === undefined ? {} : { remedy }), retriable, ...(findings === undefined ? {} : { findings }) };
}

import { FileError } from '../config/config-error.ts';
import type { ErrorReport } from '../runtime/planner-api.ts';
import type { Problem, Refused } from './answers.ts';

/** Where an option stands in the text; undefined where there is no text. */
export type LineOf = (option: string) => number | undefined;

/** What a planner refuses a file for, option by option. */
export function refused({ code, message, remedy, findings = [] }: ErrorReport, lineOf: LineOf): Refused {
  const errors = findings.filter(({ level }) => level === 'error');
  const all =
    errors.length > 0 ? errors : [{ level: 'error' as const, code, option: '', message, ...(remedy !== undefined && { remedy }) }];
  return { ok: false, problems: all.map((finding) => problemOf(finding, lineOf)) };
}

export function problemOf(finding: Omit<Problem, 'line'>, lineOf: LineOf): Problem {
  const line = lineOf(finding.option);
  const { level, code, option, message, remedy } = finding;
  return { level, code, option, message, ...(remedy !== undefined && { remedy }), ...(line !== undefined && { line }) };
}

/** A text that is no YAML, or that holds something else than one connector. */
export function unreadable(error: FileError): Refused {
  const line = lineOfPlace(error.place);
  const { code, problem: message, remedy = '' } = error;
  return { ok: false, problems: [{ level: 'error', code, option: '', message, remedy, ...(line !== undefined && { line }) }] };
}

export const wrong = (option: string, message: string, remedy: string): Refused => ({
  ok: false,
  problems: [{ level: 'error', code: 'CONFIG_INVALID', option, message, remedy }],
});

/** `file.yml:12:5` is in line 12. */
export function lineOfPlace(place: string): number | undefined {
  const [, line] = /:(\d+):\d+$/.exec(place) ?? [];
  return line === undefined ? undefined : Number(line);
}

export const isFileError = (error: unknown): error is FileError => error instanceof FileError;

import { ConnectError, type Finding } from '../api/index.ts';

/** CONFIG_INVALID with everything that is wrong, so that one round of corrections is enough. The message is the first finding's. */
export class ConfigError extends ConnectError {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const [first] = findings;
    const others = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
    const option = first === undefined || first.option === '' ? '' : `${first.option}: `;
    super('CONFIG_INVALID', `${option}${first?.message}${others}`, first === undefined ? {} : { remedy: first.remedy });
    this.name = 'ConfigError';
    this.findings = findings;
  }
}

/** CONFIG_INVALID about a file that can't be read as YAML. */
export class FileError extends ConnectError {
  /** `flights.yml:12:5`, or the file alone. */
  readonly place: string;
  readonly problem: string;

  constructor(place: string, problem: string, remedy: string, cause?: unknown) {
    super('CONFIG_INVALID', `${place}: ${problem}`, { remedy, cause });
    this.place = place;
    this.problem = problem;
  }
}

export const finding = (option: string, message: string, remedy: string): Finding => ({
  level: 'error',
  code: 'CONFIG_INVALID',
  option,
  message,
  remedy,
});

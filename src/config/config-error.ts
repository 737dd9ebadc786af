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

export const finding = (option: string, message: string, remedy: string): Finding => ({
  level: 'error',
  code: 'CONFIG_INVALID',
  option,
  message,
  remedy,
});

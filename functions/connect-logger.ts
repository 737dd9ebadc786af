import type { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import type { Logger } from '../src/api/index.ts';
import { shownWithoutSecrets } from '../src/config/without-secrets.ts';

/** Puts Powertools' logger behind the project's own interface. No line shows a secret that this process has read. */
export function connectLogger(logger: PowertoolsLogger): Logger {
  const shown = (value: object | undefined) => shownWithoutSecrets(value ?? {}) as Record<string, unknown>;
  const text = (message: string) => String(shownWithoutSecrets(message));
  return {
    debug: (message, fields) => logger.debug(text(message), shown(fields)),
    info: (message, fields) => logger.info(text(message), shown(fields)),
    warn: (message, fields) => logger.warn(text(message), shown(fields)),
    error: (message, fields) => logger.error(text(message), shown(fields)),
  };
}

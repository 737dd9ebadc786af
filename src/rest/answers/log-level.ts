import type { Logger } from '../../api/index.ts';

/** From the most to the least that is logged. */
export const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'OFF'] as const;

export type Level = (typeof LEVELS)[number];

/** How much the process logs. The functions of a deployment have levels of their own. */
export class LogLevel {
  #level: Level;
  #modified: number | null = null;

  constructor(level: Level = 'INFO') {
    this.#level = level;
  }

  get shown(): { readonly level: Level; readonly last_modified: number | null } {
    return { level: this.#level, last_modified: this.#modified };
  }

  /** Returns false for a word that is no level. Levels of Kafka Connect that there are none of here stand for the next one. */
  set(level: string): boolean {
    const known = ALIASES[level.toUpperCase()] ?? LEVELS.find((each) => each === level.toUpperCase());
    if (known === undefined) return false;
    this.#level = known;
    this.#modified = Date.now();
    return true;
  }

  /** Returns a logger that leaves out what is below the level. */
  of(logger: Logger): Logger {
    const at = (level: Level, log: Logger['info']): Logger['info'] => {
      return (message, fields) => {
        if (LEVELS.indexOf(level) >= LEVELS.indexOf(this.#level)) log(message, fields);
      };
    };
    return {
      debug: at('DEBUG', logger.debug),
      info: at('INFO', logger.info),
      warn: at('WARN', logger.warn),
      error: at('ERROR', logger.error),
    };
  }
}

const ALIASES: Readonly<Record<string, Level>> = { TRACE: 'DEBUG', ALL: 'DEBUG', FATAL: 'ERROR' };

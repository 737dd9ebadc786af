/** Structured log lines; what Powertools' logger offers of itself. Never pass a secret or a record's content. */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

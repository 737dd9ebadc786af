/** The exit codes of the command. `--help` and the docs explain them. */
export const EXIT = {
  ok: 0,
  /** A system, a task or a request failed. */
  failure: 1,
  /** The command line or a connector file is wrong. The command changed nothing. */
  usage: 2,
  /** Ctrl-C or SIGTERM ended the command, after it stored what was in flight. */
  interrupted: 130,
} as const;

const USER_ERRORS: readonly string[] = ['CONFIG_INVALID', 'SECRET_UNRESOLVED'];

export const exitCodeOf = (code: string): number =>
  code === 'INTERRUPTED' ? EXIT.interrupted : USER_ERRORS.includes(code) ? EXIT.usage : EXIT.failure;

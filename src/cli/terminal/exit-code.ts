/** Exit codes of the command. `--help` and the docs explain them. */
export const EXIT = {
  ok: 0,
  /** A system, a task or a request failed. */
  failure: 1,
  /** The command line or a connector file is wrong; nothing was changed. */
  usage: 2,
  /** Ended by Ctrl-C or SIGTERM, after what was in flight was made durable. */
  interrupted: 130,
} as const;

const USER_ERRORS: readonly string[] = ['CONFIG_INVALID', 'SECRET_UNRESOLVED'];

export const exitCodeOf = (code: string): number =>
  code === 'INTERRUPTED' ? EXIT.interrupted : USER_ERRORS.includes(code) ? EXIT.usage : EXIT.failure;

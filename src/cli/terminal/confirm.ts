import { createInterface } from 'node:readline/promises';
import { ConnectError } from '../../api/index.ts';

/** Throws CONFIG_INVALID if nobody can be asked. `command` asks; `yes` says that it need not. */
export function mustBeAbleToAsk(command: string, yes: boolean): void {
  if (yes || process.stdin.isTTY) return;
  throw new ConnectError('CONFIG_INVALID', `${command} asks for confirmation, and there is no terminal`, { remedy: 'pass --yes' });
}

/** Resolves to false if the terminal closes before an answer. Throws INTERRUPTED with `untouched` at Ctrl-C. */
export async function confirmed(question: string, untouched: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  terminal.on('close', () => resolve(''));
  terminal.on('SIGINT', () => reject(new ConnectError('INTERRUPTED', untouched)));
  terminal.question(question).then(resolve, reject);
  try {
    return /^y(es)?$/i.test((await promise).trim());
  } finally {
    terminal.close();
  }
}

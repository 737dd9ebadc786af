import { ConnectError } from '../../../api/index.ts';

/** A row of SHOW FULL PROCESSLIST. */
export interface Session {
  readonly Id: number | string;
  readonly User: string;
  readonly Host: string;
  readonly db: string | null;
  readonly Command: string;
  readonly Time: number | string | null;
  readonly State: string | null;
  readonly Info: string | null;
}

/** Others that are named, at most. */
const NAMED = 3;
/** Readers of the log, and what is the server's own. */
const HOLDS_NO_TABLE = /^(Binlog Dump|Daemon|Slave|Connect$)/;

/**
 * Why a query got no answer, where it waits for a lock; undefined where it waits for none. `thread`: of the query's connection. The server's
 * list does not say who has the lock: those are named that may, as far as this user sees them.
 */
export function lockWait(sessions: readonly Session[], thread: number, address: string): ConnectError | undefined {
  const own = sessions.find(({ Id }) => Number(Id) === thread);
  if (own === undefined || !isWaiting(own)) return undefined;
  const text = own.Info ?? '';
  const others = sessions.filter((each) => each.User !== own.User && !isWaiting(each) && !HOLDS_NO_TABLE.test(each.Command));
  const isNear = ({ db }: Session) => Number(db !== null && text.includes(`\`${db}\``));
  const named = others.sort((a, b) => isNear(b) - isNear(a));
  return new ConnectError(
    'TIMEOUT',
    `the MySQL server at ${address} did not answer in time: session ${thread} waits for a lock (${own.State}): ${shown(text)}`,
    { retriable: true, remedy: `${whoHasIt(named)}; the next run goes on where this one ended` },
  );
}

function whoHasIt(sessions: readonly Session[]): string {
  if (sessions.length === 0) {
    return 'let the session end that has it (LOCK TABLES ... WRITE, ALTER TABLE); GRANT PROCESS ON *.* TO this user, and sessions are named here';
  }
  const names = sessions.slice(0, NAMED).map(({ Id, User, Host, Command, Time, Info }) => {
    const does = Info === null ? Command : shown(Info);
    return `${Id} of ${User} at ${Host} (${does}, for ${Time ?? 0} s)`;
  });
  const more = sessions.length > NAMED ? `, and ${sessions.length - NAMED} more` : '';
  return `let the session end that has it (LOCK TABLES ... WRITE, ALTER TABLE), one of these: ${names.join(', ')}${more}`;
}

const isWaiting = ({ State }: Session): boolean => /^waiting for .*lock/i.test(State ?? '');

const SHOWN = 160;

/** A statement's beginning, without what its texts hold: these are somebody's data. */
export function shown(statement: string): string {
  const bare = statement
    .replace(/'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)/g, "'…'")
    .replace(/\s+/g, ' ')
    .trim();
  return bare.length > SHOWN ? `${bare.slice(0, SHOWN)}…` : bare;
}

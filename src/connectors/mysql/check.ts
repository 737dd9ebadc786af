import { ConnectError, type ConnectorContext, type Finding, toConnectError, untilAborted } from '../../api/index.ts';
import { checkGrants } from './check-grants.ts';
import { checkSettings } from './check-settings.ts';
import { checkTables } from './check-tables.ts';
import type { MysqlSourceConfig } from './config.ts';
import { openStart } from './open-start.ts';
import type { MysqlServer } from './server.ts';
import { serverFacts } from './server-facts.ts';

/** Of the 10 s that a check may take. */
const LIMIT_MS = 8_500;

/** Looks at a server as the tasks will: address, credentials, grants, settings, tables, and the place to begin at. */
export async function checkMysql(
  server: MysqlServer,
  config: MysqlSourceConfig,
  { signal, schedule }: Pick<ConnectorContext, 'signal' | 'schedule'>,
): Promise<Finding[]> {
  const timeout = AbortSignal.timeout(LIMIT_MS);
  const limit = AbortSignal.any([signal, timeout]);
  try {
    const facts = await untilAborted(serverFacts(server), limit);
    const findings = await untilAborted(
      Promise.all([checkGrants(server), checkSettings(server, facts, schedule), checkTables(server, config)]),
      limit,
    );
    const errors = findings.flat();
    // Without the rights that it takes, there is no looking at the log.
    return errors.some(({ level }) => level === 'error') ? errors : [...errors, ...(await untilAborted(checkStart(server, config), limit))];
  } catch (error) {
    const late = timeout.aborted && !signal.aborted;
    return [connectionFinding(late ? noAnswer(server.address) : toConnectError(error))];
  }
}

async function checkStart(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  try {
    await openStart(server, config, undefined);
    return [];
  } catch (error) {
    const { code, message, remedy = 'correct it' } = toConnectError(error);
    const option = code === 'CONFIG_INVALID' || code === 'POSITION_LOST' ? 'source.startAt' : 'source.address';
    return [{ level: 'error', code, option, message, remedy }];
  }
}

const noAnswer = (address: string) =>
  new ConnectError('UNREACHABLE', `the MySQL server at ${address} did not answer in ${LIMIT_MS} ms`, {
    remedy: 'check source.address, that the server runs, and that this network may reach it',
  });

const OPTION_OF: Readonly<Record<string, string>> = {
  AUTH_FAILED: 'source.password',
  TLS_FAILED: 'source.tls',
  FORBIDDEN: 'source.username',
};

const connectionFinding = ({ code, message, remedy }: ConnectError): Finding => ({
  level: 'error',
  code: code === 'TIMEOUT' ? 'UNREACHABLE' : code,
  option: OPTION_OF[code] ?? 'source.address',
  message,
  remedy: remedy ?? 'correct it',
});

import { type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { checkWithin, errorFinding } from '../../../kit/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { openStart } from '../log/open-start.ts';
import { connectionFrame } from '../server/errors.ts';
import type { MysqlServer } from '../server/server.ts';
import { asServerCompares, serverFacts } from '../server/server-facts.ts';
import { keepsHistory, selectNames } from '../tables/select-tables.ts';
import { checkCascades } from './check-cascades.ts';
import { checkGrants } from './check-grants.ts';
import { checkLogContent } from './check-log-content.ts';
import { checkSettings } from './check-settings.ts';
import { selectionGaps } from './selection-gaps.ts';

/** Looks at a server as the tasks will: address, credentials, grants, settings, tables, and the place to begin at. */
export function checkMysql(
  server: MysqlServer,
  config: MysqlSourceConfig,
  { signal, schedule }: Pick<ConnectorContext, 'signal' | 'schedule'>,
): Promise<Finding[]> {
  return checkWithin({ ...connectionFrame('source'), signal }, async (_limit, _progress, answer) => {
    const facts = await answer(serverFacts(server));
    const compared = await answer(asServerCompares(server, config));
    const looks = [checkGrants(server), checkSettings(server, facts, schedule), checkTables(server, compared)];
    const findings = (await Promise.all(looks.map(answer))).flat();
    // Without the rights that it takes, there is no looking at the log.
    if (findings.some(({ level }) => level === 'error')) return findings;
    const content = await answer(checkLogContent(server, facts));
    return [...findings, ...content, ...(await answer(checkStart(server, config)))];
  });
}

/** Returns a finding for each selected name that does not exist or may not be read, and for each table that can't be copied. */
async function checkTables(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  const names = await selectNames(server, new Selection(config));
  const versioned = names.tables.filter(({ isVersioned }) => isVersioned);
  return [
    ...(await selectionGaps(server, config, names)),
    ...(config.snapshot === 'only' ? [] : await checkCascades(server, names.tables)),
    ...versioned.map((table) => errorFinding('source.tables', keepsHistory(table))),
  ];
}

async function checkStart(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  try {
    await openStart(server, config, undefined);
    return [];
  } catch (error) {
    const problem = toConnectError(error);
    const isStart = problem.code === 'CONFIG_INVALID' || problem.code === 'POSITION_LOST';
    if (!isStart) return [errorFinding('source.address', problem)];
    // Of no account where the stream has begun; where it has not, the plan refuses it.
    return [{ ...errorFinding('source.startAt', problem), level: 'warning' }];
  }
}

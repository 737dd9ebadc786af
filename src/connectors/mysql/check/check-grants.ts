import type { Finding } from '../../../api/index.ts';
import type { MysqlServer } from '../server/server.ts';
import { grantsOf } from '../server/server-facts.ts';

/** What must be granted on everything, under the names that servers of several versions have for it. */
const NEEDED: ReadonlyArray<readonly [right: string, names: RegExp]> = [
  ['REPLICATION SLAVE', /\b(REPLICATION SLAVE|REPLICATION_SLAVE|ALL PRIVILEGES)\b(?! ADMIN)/],
  ['REPLICATION CLIENT', /\b(REPLICATION CLIENT|BINLOG MONITOR|SUPER|ALL PRIVILEGES)\b/],
];

/** A finding for each right that is missing. Rights on tables are looked at where tables are. */
export async function checkGrants(server: MysqlServer): Promise<Finding[]> {
  const global = (await grantsOf(server)).filter((grant) => / ON \*\.\* /.test(grant));
  const missing = NEEDED.filter(([, names]) => !global.some((grant) => names.test(grant.split(' ON *.* ')[0] ?? ''))).map(
    ([right]) => right,
  );
  if (missing.length === 0) return [];
  const [user] = await server.query<{ name: string }>('SELECT CURRENT_USER() AS name');
  const account = (user?.name ?? '').replace(/^(.*)@(.*)$/, "'$1'@'$2'");
  return [
    {
      level: 'error',
      code: 'FORBIDDEN',
      option: 'source.username',
      message: `${account} lacks ${missing.join(' and ')}`,
      remedy: `GRANT ${missing.join(', ')} ON *.* TO ${account}`,
    },
  ];
}

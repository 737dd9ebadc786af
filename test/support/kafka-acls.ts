import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from '@platformatic/kafka';

type Acl = Parameters<Admin['createAcls']>[0]['creations'][number];

/** Sets these rules and waits until the broker goes by them: the controller answers before. The result takes them back. */
export async function setAcls(admin: Admin, acls: readonly Acl[]): Promise<() => Promise<void>> {
  await admin.createAcls({ creations: [...acls] });
  for (const acl of acls) while (!(await isInForce(admin, acl))) await sleep(10);
  return async () => {
    await admin.deleteAcls({ filters: [...acls] });
    for (const acl of acls) while (await isInForce(admin, acl)) await sleep(10);
  };
}

async function isInForce(admin: Admin, acl: Acl): Promise<boolean> {
  return (await admin.describeAcls({ filter: acl })).length > 0;
}

import { AclOperations, AclPermissionTypes, type Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { setAcls } from '../../support/kafka-acls.ts';
import { stackAddresses } from '../../support/stack.ts';

/** Takes the right to read the topic from the stack's user; the result gives it back. */
export const denyReading = (admin: Admin, topic: string): Promise<() => Promise<void>> => deny(admin, topic, AclOperations.READ);

export const denyWriting = (admin: Admin, topic: string): Promise<() => Promise<void>> => deny(admin, topic, AclOperations.WRITE);

async function deny(admin: Admin, topic: string, operation: (typeof AclOperations)['READ' | 'WRITE']): Promise<() => Promise<void>> {
  const { kafkaUsername } = await stackAddresses();
  const acl = {
    resourceType: ResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${kafkaUsername}`,
    host: '*',
    operation,
    permissionType: AclPermissionTypes.DENY,
  };
  return setAcls(admin, [acl]);
}

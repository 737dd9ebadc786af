import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type PackagedRoles, packagedRoles } from '../../support/aws-rules/packaged-roles.ts';
import { storeByRoles } from '../../support/aws-rules/store-by-roles.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { describeConnectStore } from './connect-store.ts';

let table: TestTable;
let roles: PackagedRoles;
beforeAll(async () => {
  table = await createTestTable();
  roles = await packagedRoles({ names: { Table: table.options.table } });
}, 600_000);
afterAll(() => table.drop());

/** The store behind the roles of the functions, as they are packaged. Each call is made by who makes it on AWS. */
describeConnectStore('DynamoDB', { open: (now) => storeByRoles({ ...table.options, roles, now }) });

it('asks for nothing that the roles of the functions do not allow', () => {
  expect(roles.refused).toEqual([]);
});

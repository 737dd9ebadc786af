import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const PROJECT = path.resolve(import.meta.dirname, '../../..');

/** Every call that the project makes to AWS, and the test in which it is made with no more rights than its caller has. */
const BEHIND_RULES: Readonly<Record<string, string>> = {
  GetItemCommand: 'test/contract/store/dynamodb-store.test.ts',
  PutItemCommand: 'test/contract/store/dynamodb-store.test.ts',
  UpdateItemCommand: 'test/contract/store/dynamodb-store.test.ts',
  DeleteItemCommand: 'test/contract/store/dynamodb-store.test.ts',
  QueryCommand: 'test/contract/store/dynamodb-store.test.ts',
  BatchWriteItemCommand: 'test/contract/store/dynamodb-store.test.ts',
  CreateScheduleCommand: 'test/contract/triggers/eventbridge-scheduler.test.ts',
  UpdateScheduleCommand: 'test/contract/triggers/eventbridge-scheduler.test.ts',
  GetScheduleCommand: 'test/contract/triggers/scheduler-pace.test.ts',
  DeleteScheduleCommand: 'test/contract/triggers/eventbridge-scheduler.test.ts',
  paginateListSchedules: 'test/contract/triggers/eventbridge-scheduler.test.ts',
  SendMessageBatchCommand: 'test/contract/triggers/sqs.test.ts',
  getSecretValue: 'test/integration/config/secret-providers.test.ts',
  getParameter: 'test/integration/config/secret-providers.test.ts',
  // Amazon MSK, with a role that the user lets the functions' roles take on.
  fromTemporaryCredentials: 'test/unit/kafka/msk-token.test.ts',
  InvokeCommand: 'test/integration/cli/aws-target.test.ts',
  // Of `sls`, with the deployer's policy.
  DescribeTableCommand: 'test/e2e/deploy/remove.test.ts',
  GetTemplateCommand: 'test/e2e/deploy/remove.test.ts',
};

/** On one machine only, where nobody has a role; or a call that needs no right. */
const LOCAL_ONLY = ['CreateTableCommand', 'GetCallerIdentityCommand', 'UpdateTimeToLiveCommand'];

const CALL = /new (\w+Command)\(|\.(getSecretValue|getParameter)\(|\b(paginate[A-Z]\w+|fromTemporaryCredentials)\(/g;

describe('the calls to AWS', () => {
  const files = globSync(['src/**/*.ts', 'functions/*.ts', 'infra/serverless/**/*.ts'], { cwd: PROJECT });
  const calls = new Set(
    files.flatMap((file) => [...readFileSync(path.join(PROJECT, file), 'utf8').matchAll(CALL)].map(([, ...names]) => names.find(Boolean))),
  );

  it('are each made in a test with the rights of who makes them', () => {
    expect([...calls].toSorted()).toEqual([...Object.keys(BEHIND_RULES), ...LOCAL_ONLY].toSorted());
  });

  it.each([...new Set(Object.values(BEHIND_RULES))])('have %s stand behind a role or a policy', (file) => {
    expect(readFileSync(path.join(PROJECT, file), 'utf8')).toMatch(/packagedRoles|roleStatements|refusalOf|-policy\.json/);
  });
});

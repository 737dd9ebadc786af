import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { allowFunctions } from '../../../infra/serverless/plugin/function-rights.ts';
import { ACCOUNT, REGION } from '../../support/aws-rules/aws-request.ts';
import { packagedTemplate } from '../../support/aws-rules/packaged-template.ts';
import { roleStatements } from '../../support/aws-rules/role-statements.ts';
import { LambdaLab, queued, write } from './lambda-lab.ts';

const elsewhere = `arn:aws:lambda:us-east-1:999999999999:function:theirs`;
const NAMES = ['plain', 'aliased:prod', elsewhere];

let lab: LambdaLab;
beforeAll(async () => {
  const handler = 'obedient';
  lab = await LambdaLab.open({
    plain: { handler },
    aliased: { handler, qualifiers: ['prod', 'test'] },
    theirs: { handler },
    other: { handler },
  });
});
afterAll(() => lab[Symbol.asyncDispose]());

const lambdaSink = (name: string, more: object = {}) => ({ type: 'lambda-sink', system: { function: name, ...more } });

async function rights(role: string, specs: ReadonlyArray<{ type: string; system: object }>) {
  const template = structuredClone(await packagedTemplate());
  allowFunctions(template, specs as Parameters<typeof allowFunctions>[1]);
  // A role without a name of its own is given one that has its logical id in it.
  return roleStatements(template, role, { names: { SchedulerRole: 'SchedulerRole' } });
}

const send = async (name: string): Promise<void> => write(await lab.task({ function: name }), queued(['plain']));

it.each(['TaskRole', 'PlannerRole'])(
  'the %s of a deployment may invoke the functions that its connector files name, and no other',
  async (role) => {
    lab.server.policy = await rights(role, [...NAMES.map((name) => lambdaSink(name)), { type: 'kafka-sink', system: {} }]);
    for (const name of NAMES) {
      await send(name);
      expect(await lab.check({ function: name })).toEqual([]);
    }
    for (const name of ['other', 'aliased', 'aliased:test', 'plain:prod']) {
      const resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
      await expect(send(name)).rejects.toMatchObject({
        code: 'FORBIDDEN',
        retriable: false,
        remedy: expect.stringContaining(`{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"${resource}"}`),
      });
    }
    expect(await lab.check({ function: 'other' })).toMatchObject([{ code: 'FORBIDDEN', option: 'sink.function' }]);
  },
);

it('no role may invoke anything for connectors of other types', async () => {
  for (const role of ['TaskRole', 'PlannerRole']) {
    const statements = await rights(role, [{ type: 'kafka-sink', system: { bootstrapServers: 'kafka:9092' } }]);
    expect(statements).toEqual(roleStatements(await packagedTemplate(), role, { names: { SchedulerRole: 'SchedulerRole' } }));
    expect(JSON.stringify(statements)).not.toContain('lambda:Invoke');
  }
});

it('a region in the file is the one that counts', async () => {
  const statements = await rights('TaskRole', [lambdaSink('plain', { region: 'us-east-1' })]);
  expect(statements.at(-1)).toMatchObject({ Resource: [`arn:aws:lambda:us-east-1:${ACCOUNT}:function:plain`] });
});

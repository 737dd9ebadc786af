import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { pairs } from '../../../infra/serverless/plugin/pairs.ts';
import { PARAMETERS, parameterProblems } from '../../../infra/serverless/plugin/parameters.ts';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const service = await readFile(path.join(PROJECT, 'serverless.yml'), 'utf8');
const { params } = parse(service, { logLevel: 'silent' });
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1';

describe('parameters of a deployment', () => {
  it('are right as serverless.yml has them, and each is checked', () => {
    expect(Object.keys(params.default).toSorted()).toEqual(Object.keys(PARAMETERS).toSorted());
    expect(parameterProblems({ default: params.default, stage: params.dev })).toEqual([]);
  });

  it('are all in the manual', async () => {
    const manual = await readFile(path.join(PROJECT, 'docs/deploy.md'), 'utf8');
    const rows = manual.split('\n').filter((line) => line.startsWith('| `'));
    expect(Object.keys(PARAMETERS).filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([]);
  });

  it.each([
    ['taskmemory=2048', 'parameter taskmemory is unknown; did you mean taskMemory?'],
    ['color=red', 'parameter color is unknown; give a parameter of your own a default under params.default in serverless.yml'],
    ['taskMemory=', 'parameter taskMemory is empty, but must be a whole number from 128 to 10240'],
    ['taskMemory=64', 'parameter taskMemory is "64", but must be a whole number from 128 to 10240'],
    ['taskTimeout=15m', 'parameter taskTimeout is "15m", but must be a whole number from 1 to 900'],
    ['tableDeletionPolicy=retain', 'parameter tableDeletionPolicy is "retain", but must be Retain or Delete'],
    ['metricsPerTask=yes', 'parameter metricsPerTask is "yes", but must be true or false'],
    ['alarmTopicArn=my-topic', 'parameter alarmTopicArn is "my-topic", but must be the ARN of SNS, arn:aws:sns:...'],
    ['tableKeyArn=alias/mine', 'parameter tableKeyArn is "alias/mine", but must be the ARN of KMS, arn:aws:kms:...'],
    ['secretsPrefix=/shop/', 'parameter secretsPrefix is "/shop/", but must be the start of names, without / before it'],
    ['rolePath=team', 'parameter rolePath is "team", but must start and end with /'],
    ['tags=team', 'parameter tags is "team", but must be pairs, separated by commas: team=data,cost-centre=42'],
    ['auditRate=15 minutes', 'parameter auditRate is "15 minutes", but must be rate(...) or cron(...)'],
    ['vpcSubnetIds=subnet-1', 'set both parameters vpcSubnetIds and vpcSecurityGroupIds, or neither of them'],
    ['api=open', 'parameter api is "open", but must be none, iam or jwt'],
    ['api=jwt', 'with api jwt, set the parameters apiJwtIssuer and apiJwtAudience'],
    [
      'apiJwtIssuer=http://id.example',
      'parameter apiJwtIssuer is "http://id.example", but must be the address of the provider, https://...',
    ],
    ['taskReservedConcurrency=49', 'parameter taskReservedConcurrency is 49, but must be at least taskMaxConcurrency, 50'],
    ['watchReservedConcurrency=0', 'parameter watchReservedConcurrency is "0", but must be a whole number from 1 to 100000'],
    ['vpcSecurityGroupIds=sg-1,sg-2', 'set both parameters vpcSubnetIds and vpcSecurityGroupIds, or neither of them'],
  ])('refuse --param=%s', (text, problem) => {
    expect(parameterProblems({ default: params.default, commandLine: [text] })).toEqual([problem]);
    const [name = '', value] = text.split('=');
    expect(parameterProblems({ default: params.default, stage: { [name]: value } })).toEqual([problem]);
  });

  it.each([
    'taskMemory=10240',
    'tags=team=data,cost centre=a=b',
    `tableKeyArn=${KEY}`,
    'rolePath=/team/data/',
    'taskReservedConcurrency=50',
    'taskReservedConcurrency=${cf:other.concurrency}',
    'taskMaxConcurrency=1000',
    'api=iam',
    'apiJwtAudience=a, b',
    'permissionsBoundary=arn:aws:iam::123456789012:policy/limits',
    'alarmTopicArn=${cf:other.topic}',
  ])('take --param=%s', (text) => {
    expect(parameterProblems({ default: params.default, commandLine: [text] })).toEqual([]);
  });

  it('may be of one’s own where they have a default', () => {
    expect(parameterProblems({ default: { ...params.default, team: 'a' }, stage: { team: 'b' }, commandLine: ['team=c'] })).toEqual([]);
  });
});

describe('pairs', () => {
  it.each([
    ['', {}],
    [undefined, {}],
    ['team=data', { team: 'data' }],
    ['team=data, cost=a=b', { team: 'data', cost: 'a=b' }],
    ['empty=', { empty: '' }],
  ])('%s', (text, expected) => expect(pairs(text)).toEqual(expected));
});

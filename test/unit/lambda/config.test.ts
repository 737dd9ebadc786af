import { describe, expect, it } from '@jest/globals';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { arnOf, parseFunctionName } from '../../../src/connectors/lambda/function-name.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

const parse = (sink: object) =>
  parseConnectorFile({ name: 'x', type: 'lambda-sink', sink, rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' } }, connectorTypes);
const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:orders';

describe('the section of a Lambda sink', () => {
  it('has a default for all but the function', async () => {
    expect((await parse({ function: 'orders' })).system).toEqual({
      function: 'orders',
      batchSize: 100,
      maxAttempts: 3,
      requestTimeoutMs: 240_000,
      startAt: 'earliest',
      onOffsetLost: 'fail',
      ordering: 'queue',
    });
  });

  it.each([
    'orders',
    'orders:prod',
    'orders:7',
    'orders:$LATEST',
    ARN,
    `${ARN}:prod`,
    'arn:aws-cn:lambda:cn-north-1:123456789012:function:o',
  ])('takes the function %s', async (name) => {
    expect((await parse({ function: name, maxRecordAgeMs: '1h' })).system).toMatchObject({ function: name, maxRecordAgeMs: 3_600_000 });
  });

  it.each([
    [{ function: 'orders.json' }, 'sink.function', /a name like orders, or an ARN/],
    [{ function: 'https://orders.example' }, 'sink.function', /a name like orders, or an ARN/],
    [{ function: '${env:ORDERS}' }, 'sink.function', /a name like orders, or an ARN/],
    [{ function: 'orders', region: 'Frankfurt' }, 'sink.region', /a region like eu-central-1/],
    [{ function: ARN, region: 'us-east-1' }, 'sink.region', /us-east-1, but sink\.function is in eu-central-1/],
    [{ function: 'orders', delivery: 'shared' }, 'sink.delivery', /at-least-once/],
    [{ function: 'orders', batchSize: 1_001 }, 'sink.batchSize', /1,?000/],
    [{ function: 'orders', maxRecordAgeMs: '1s' }, 'sink.maxRecordAgeMs', /from 1 min/],
  ])('refuses %j', async (wrong, option, message) => {
    await expect(parse(wrong)).rejects.toMatchObject({
      findings: [expect.objectContaining({ option, message: expect.stringMatching(message) })],
    });
  });
});

describe('the name of a function', () => {
  it('has parts, and an ARN that a policy names', () => {
    const here = { partition: 'aws', region: 'us-east-1', account: '1' };
    expect(parseFunctionName('orders')).toEqual({ name: 'orders' });
    expect(parseFunctionName('orders:prod')).toEqual({ name: 'orders', qualifier: 'prod' });
    expect(parseFunctionName(`${ARN}:7`)).toEqual({ name: ARN, qualifier: '7', region: 'eu-central-1' });
    expect(arnOf('orders:prod', here)).toBe('arn:aws:lambda:us-east-1:1:function:orders:prod');
    expect(arnOf(`${ARN}:7`, here)).toBe(`${ARN}:7`);
  });
});

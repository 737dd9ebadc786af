import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { connectorFileJsonSchema } from '../../../src/config/json-schema.ts';
import { fruitTypes, validFile } from './fruit-source.ts';

describe('the JSON schema for editors', () => {
  let validate: ValidateFunction;
  beforeAll(async () => {
    const types = await Promise.all(Object.values(fruitTypes).map((load) => load()));
    validate = new Ajv({ allowUnionTypes: true }).compile(connectorFileJsonSchema(types));
  });

  it.each<[string, object]>([
    ['the least file', {}],
    ['references where text is taken', { source: { servers: '${env:SERVERS}', baskets: ['${env:BASKET}'] } }],
    ['durations and sizes with units', { batch: { maxDurationMs: '10m', maxBytes: '1.5 GiB', maxInFlightBytes: 65_536 } }],
    ['options with defaults', { batch: { maxRecords: 5 }, trigger: { schedule: 'rate(5 minutes)' } }],
  ])('accepts %s', (_, changes) => {
    validate({ ...validFile, ...changes });
    expect(validate.errors).toBeNull();
  });

  it.each<[string, object]>([
    ['an unknown type', { type: 'fruit-sink' }],
    ['an unknown option', { source: { ...validFile.source, color: 'red' } }],
    ['a wrong type', { maxTasks: '4' }],
    ['a value out of bounds', { maxTasks: 0 }],
    ['a duration as text without a unit', { batch: { maxDurationMs: '60000' } }],
    ['a size out of bounds', { batch: { maxInFlightBytes: 1 } }],
    ['a malformed address', { rocketmq: { ...validFile.rocketmq, endpoints: 'nowhere' } }],
    ['a missing section', { rocketmq: undefined }],
  ])('refuses %s', (_, changes) => {
    expect(validate(JSON.parse(JSON.stringify({ ...validFile, ...changes })))).toBe(false);
  });
});

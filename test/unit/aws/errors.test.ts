import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { awsError } from '../../../src/aws/errors.ts';

const subject = { what: 'task queue tasks', createIt: 'deploy it' };
const named = (name: string, message = 'said so') => Object.assign(new Error(message), { name });

describe('a fault of an AWS service', () => {
  it.each([
    ['ThrottlingException', 'THROTTLED', true],
    ['TimeoutError', 'TIMEOUT', true],
    ['InternalServerError', 'UNREACHABLE', true],
    ['AccessDeniedException', 'FORBIDDEN', false],
    ['UnrecognizedClientException', 'AUTH_FAILED', false],
    ['CredentialsProviderError', 'AUTH_FAILED', false],
    ['Unheard', 'INTERNAL', true],
  ])('called %s is %s', (name, code, retriable) => {
    expect(awsError(named(name), subject)).toMatchObject({ code, retriable, message: `task queue tasks: ${name}: said so` });
  });

  it('says what to create where something is missing', () => {
    expect(awsError(named('QueueDoesNotExist'), subject).line).toBe('NOT_FOUND: task queue tasks does not exist; deploy it');
  });

  it('is known by its code where it comes from a socket', () => {
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(awsError(refused, subject)).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') });
  });

  it.each([
    ['HPE_INVALID_CONSTANT', 'WRONG_KIND'],
    ['ERR_INVALID_URL', 'CONFIG_INVALID'],
  ])('is known by the code %s where the endpoint is wrong', (code, expected) => {
    expect(awsError(Object.assign(new TypeError('wrong'), { code }), subject)).toMatchObject({ code: expected, retriable: false });
  });

  it('says how to name a region where there is none', () => {
    expect(awsError(new Error('Region is missing'), subject)).toMatchObject({
      code: 'CONFIG_INVALID',
      remedy: 'pass --region, set AWS_REGION, or give the profile a region in ~/.aws/config',
    });
  });

  it('is left as it is where it has been told already', () => {
    const told = new ConnectError('LEASE_LOST', 'gone');
    expect(awsError(told, subject)).toBe(told);
  });
});

import { describe, expect, it } from '@jest/globals';
import { AuthenticationError, MultipleErrors, NetworkError, ResponseError, TimeoutError, UserError } from '@platformatic/kafka';
import { advertisedError, connectionError, protocolError } from '../../../src/connectors/kafka/errors.ts';

const system = (code: string) => Object.assign(new Error(`it failed: ${code}`), { code });
const answer = (code: number) => new ResponseError(3, 12, { '/': [code, null] }, {});
const failed = (cause: Error) => new NetworkError('Connection to kafka:9092 failed.', { cause });

describe('what goes wrong with a connection', () => {
  it.each([
    ['a refused connection', failed(system('ECONNREFUSED')), 'UNREACHABLE', true, /refuses connections/],
    ['a name that does not resolve', failed(system('ENOTFOUND')), 'UNREACHABLE', true, /does not resolve/],
    ['any other fault of the network', failed(system('EHOSTUNREACH')), 'UNREACHABLE', true, /EHOSTUNREACH/],
    ['a connection that was closed', new NetworkError('Connection closed'), 'UNREACHABLE', true, /Connection closed/],
    ['a connection that does not open', new TimeoutError('Connection to kafka:9092 timed out.'), 'UNREACHABLE', true, /timed out/],
    ['a request without an answer', new TimeoutError('Request timed out'), 'TIMEOUT', true, /did not answer/],
    ['an unknown authority', failed(system('SELF_SIGNED_CERT_IN_CHAIN')), 'TLS_FAILED', false, /unknown authority/],
    ['another name', failed(system('ERR_TLS_CERT_ALTNAME_INVALID')), 'TLS_FAILED', false, /another name/],
    ['a refused protocol', failed(system('ERR_SSL_WRONG_VERSION_NUMBER')), 'TLS_FAILED', false, /ERR_SSL_WRONG/],
    ['a port without encryption', failed(new UserError('TLS', { cause: system('ECONNRESET') })), 'TLS_FAILED', false, /encryption/],
    ['a wrong password', failed(new AuthenticationError('no', { cause: answer(58) })), 'AUTH_FAILED', false, /user name or password/],
    ['an unknown mechanism', failed(new AuthenticationError('no', { cause: answer(33) })), 'AUTH_FAILED', false, /mechanism/],
    [
      'a password that a proof shows to be wrong',
      failed(new AuthenticationError('Invalid server signature.')),
      'AUTH_FAILED',
      false,
      /refused/,
    ],
    [
      'a broker that died while it looked at a password',
      failed(new AuthenticationError('no', { cause: new NetworkError('Connection closed') })),
      'UNREACHABLE',
      true,
      /Connection closed/,
    ],
    ['several faults at once', new MultipleErrors('all', [failed(system('ECONNREFUSED'))]), 'UNREACHABLE', true, /refuses connections/],
    ['something that is no error', 'what', 'UNREACHABLE', true, /can't be reached/],
  ] as const)('%s', (_what, thrown, code, retriable, message) => {
    const error = connectionError(thrown, 'kafka:9092');
    expect(error).toMatchObject({ code, retriable, message: expect.stringMatching(message), remedy: expect.any(String) });
    expect(error.message).toContain('kafka:9092');
  });
});

describe('an address that a broker gives for itself', () => {
  it('names the setting when nobody answers there, and leaves other faults as they are', () => {
    const away = advertisedError(connectionError(failed(system('ECONNREFUSED')), 'internal:9092'));
    expect(away).toMatchObject({ code: 'UNREACHABLE', retriable: true, remedy: expect.stringContaining('advertised.listeners') });
    const untrusted = connectionError(failed(system('SELF_SIGNED_CERT_IN_CHAIN')), 'internal:9092');
    expect(advertisedError(untrusted)).toBe(untrusted);
  });
});

describe('what a broker answers', () => {
  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', 'NOT_FOUND', false],
    ['TOPIC_AUTHORIZATION_FAILED', 'FORBIDDEN', false],
    ['NOT_LEADER_OR_FOLLOWER', 'UNREACHABLE', true],
    ['REQUEST_TIMED_OUT', 'TIMEOUT', true],
    ['THROTTLING_QUOTA_EXCEEDED', 'THROTTLED', true],
    ['CORRUPT_MESSAGE', 'RECORD_REFUSED', false],
    ['KAFKA_STORAGE_ERROR', 'UNREACHABLE', true],
    ['SOMETHING_NEW', 'UNREACHABLE', true],
  ])('%s is %s', (name, code, retriable) => {
    expect(protocolError(name, 'topic orders')).toMatchObject({ code, retriable, message: expect.stringMatching(/^topic orders /) });
  });
});

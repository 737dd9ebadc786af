import { describe, expect, it } from '@jest/globals';
import {
  AuthenticationError,
  GenericError,
  MultipleErrors,
  NetworkError,
  protocolErrors,
  ResponseError,
  TimeoutError,
  UnexpectedCorrelationIdError,
  UserError,
} from '@platformatic/kafka';
import { advertisedError, connectionError } from '../../../src/connectors/kafka/protocol/errors/connection-errors.ts';
import { leaderError, protocolError } from '../../../src/connectors/kafka/protocol/errors/protocol-errors.ts';

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
    ['a port with encryption that was not asked for', failed(new UserError('Broker requires TLS.')), 'TLS_FAILED', false, /encryption/],
    [
      'a broker that hangs up before the encryption is agreed on, as it does where it stops, and where it has none',
      failed(new UserError('TLS handshake failed.', { cause: system('ECONNRESET') })),
      'TLS_FAILED',
      true,
      /closed the connection/,
    ],
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
    ['a connection that the other side reset', failed(system('ECONNRESET')), 'UNREACHABLE', true, /ECONNRESET/],
    ['a resolver that does not answer', failed(system('EAI_AGAIN')), 'UNREACHABLE', true, /EAI_AGAIN/],
    ['a socket that was closed before it was open', failed(system('ERR_SOCKET_CLOSED_BEFORE_CONNECTION')), 'UNREACHABLE', true, /CLOSED/],
    ['a certificate that is not valid yet', failed(system('CERT_NOT_YET_VALID')), 'TLS_FAILED', false, /not valid yet/],
    ['an encryption that is not spoken', failed(system('ERR_TLS_HANDSHAKE_TIMEOUT')), 'TLS_FAILED', false, /ERR_TLS/],
    ['bytes that are no answer', new GenericError('PLT_KFK_OUT_OF_BOUNDS', 'Out of bounds.'), 'WRONG_KIND', true, /not understood/],
    ['an answer that is cut', system('ERR_BUFFER_OUT_OF_BOUNDS'), 'WRONG_KIND', true, /not understood/],
    ['an answer to something else', new UnexpectedCorrelationIdError('id 7'), 'WRONG_KIND', true, /not understood \(id 7\)/],
    ['an answer with an error that passes', answer(9), 'WRONG_STATE', true, /no leader/],
    ['an answer with an error that does not pass', answer(42), 'WRONG_KIND', false, /INVALID_REQUEST/],
    ['a defect', new TypeError('x is not a function'), 'INTERNAL', true, /x is not a function/],
    ['a mistake in how the library is used', new UserError('no such option'), 'INTERNAL', true, /no such option/],
    ['something that is no error', 'what', 'INTERNAL', true, /what/],
  ] as const)('%s', (_what, thrown, code, retriable, message) => {
    const error = connectionError(thrown, 'kafka:9092', 'source');
    expect(error).toMatchObject({
      code,
      retriable,
      message: expect.stringMatching(message),
      ...(code !== 'INTERNAL' && { remedy: expect.any(String) }),
    });
    expect(error.message).toContain('kafka:9092');
  });
});

describe('an address that a broker gives for itself', () => {
  it('names the setting when nobody answers there, and leaves other faults as they are', () => {
    const away = advertisedError(connectionError(failed(system('ECONNREFUSED')), 'internal:9092', 'source'));
    expect(away).toMatchObject({ code: 'UNREACHABLE', retriable: true, remedy: expect.stringContaining('advertised.listeners') });
    const untrusted = connectionError(failed(system('SELF_SIGNED_CERT_IN_CHAIN')), 'internal:9092', 'source');
    expect(advertisedError(untrusted)).toBe(untrusted);
  });
});

describe('what a broker answers', () => {
  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', 'NOT_FOUND', false],
    ['TOPIC_AUTHORIZATION_FAILED', 'FORBIDDEN', false],
    ['LEADER_NOT_AVAILABLE', 'WRONG_STATE', true],
    ['NOT_LEADER_OR_FOLLOWER', 'WRONG_STATE', true],
    ['COORDINATOR_LOAD_IN_PROGRESS', 'WRONG_STATE', true],
    ['GROUP_AUTHORIZATION_FAILED', 'FORBIDDEN', false],
    ['UNKNOWN_MEMBER_ID', 'WRONG_STATE', false],
    ['UNKNOWN_SERVER_ERROR', 'WRONG_STATE', true],
    ['INVALID_FETCH_SIZE', 'WRONG_KIND', false],
    ['REQUEST_TIMED_OUT', 'TIMEOUT', true],
    ['THROTTLING_QUOTA_EXCEEDED', 'THROTTLED', true],
    ['CORRUPT_MESSAGE', 'RECORD_REFUSED', false],
    ['KAFKA_STORAGE_ERROR', 'WRONG_STATE', true],
    ['SOMETHING_NEW', 'WRONG_STATE', true],
  ])('%s is %s', (name, code, retriable) => {
    expect(protocolError(name, 'topic orders', 'source')).toMatchObject({
      code,
      retriable,
      message: expect.stringMatching(/^topic orders /),
    });
  });

  it.each(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID'])(
    'as a leader, %s, says nothing about whether there is such a topic',
    (name) => {
      expect(leaderError(name, 'partition orders-0', 'source')).toMatchObject({ code: 'WRONG_STATE', retriable: true });
      expect(leaderError('TOPIC_AUTHORIZATION_FAILED', 'partition orders-0', 'source')).toMatchObject({
        code: 'FORBIDDEN',
        retriable: false,
      });
    },
  );

  it('is unreachable only where the broker itself could not reach another', () => {
    const codes = Object.keys(protocolErrors).map((name) => [name, protocolError(name, 'topic orders', 'source').code]);
    expect(codes.filter(([, code]) => code === 'UNREACHABLE')).toEqual([['NETWORK_EXCEPTION', 'UNREACHABLE']]);
  });
});

describe('what a broker answers to who writes', () => {
  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', 'NOT_FOUND', false, /kafka-topics\.sh --create/],
    ['TOPIC_AUTHORIZATION_FAILED', 'FORBIDDEN', false, /WRITE and DESCRIBE/],
    ['CLUSTER_AUTHORIZATION_FAILED', 'FORBIDDEN', false, /IDEMPOTENT_WRITE/],
    ['NOT_ENOUGH_REPLICAS', 'WRONG_STATE', true, /brokers/],
    ['CORRUPT_MESSAGE', 'WRONG_STATE', true, /wait/],
    ['MESSAGE_TOO_LARGE', 'RECORD_REFUSED', false, /max\.message\.bytes/],
    ['UNSUPPORTED_COMPRESSION_TYPE', 'CONFIG_INVALID', false, /sink\.compression/],
    ['NOT_LEADER_OR_FOLLOWER', 'WRONG_STATE', true, /wait/],
    ['REQUEST_TIMED_OUT', 'TIMEOUT', true, /wait/],
  ] as const)('%s', (name, code, retriable, remedy) => {
    const error = protocolError(name, 'topic orders', 'sink');
    expect(error).toMatchObject({ code, retriable, remedy: expect.stringMatching(remedy) });
    expect(error.remedy).not.toContain('source.');
  });
});

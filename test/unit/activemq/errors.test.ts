import { describe, expect, it } from '@jest/globals';
import { connectionError, noAnswer } from '../../../src/connectors/activemq/protocol/errors/connection-errors.ts';
import { linkError } from '../../../src/connectors/activemq/protocol/errors/link-errors.ts';

const URL = 'amqp://broker:5672';
const system = (code: string) => Object.assign(new Error(`it failed: ${code}`), { code });
const closed = (condition: string, description = '') => ({ condition, description });

describe('what goes wrong with a connection', () => {
  it.each([
    ['a refused connection', system('ECONNREFUSED'), 'UNREACHABLE', true, /refuses connections/],
    ['a name that does not resolve', system('ENOTFOUND'), 'UNREACHABLE', true, /does not resolve/],
    ['any other fault of the network', system('EHOSTUNREACH'), 'UNREACHABLE', true, /EHOSTUNREACH/],
    ['a connection that was closed', undefined, 'UNREACHABLE', true, /without a reason/],
    [
      'silence, as client and broker call it',
      closed('amqp:resource-limit-exceeded', 'max idle time exceeded'),
      'UNREACHABLE',
      true,
      /not heard/,
    ],
    ['a limit of the broker', closed('amqp:resource-limit-exceeded', 'too many connections'), 'THROTTLED', true, /at a limit/],
    ['a broker that shuts down', closed('amqp:connection:forced'), 'UNREACHABLE', true, /amqp:connection:forced/],
    ['a host name that it does not know', closed('amqp:not-found'), 'WRONG_KIND', false, /host name/],
    ['a limit of its connections', closed('amqp:resource-limit-exceeded'), 'THROTTLED', true, /limit/],
    ['another broker that it sends clients to', closed('amqp:connection:redirect'), 'UNREACHABLE', true, /elsewhere/],
    ['a frame that it can not read', closed('amqp:connection:framing-error'), 'UNREACHABLE', true, /could not read/],
    [
      'an exception in Classic, as its shutdown throws them',
      closed('amqp:decode-error', 'Could not process AMQP commands'),
      'UNREACHABLE',
      true,
      /could not process what it got \(Could not process AMQP commands\)/,
    ],
    ['a client id that is in use', closed('amqp:invalid-field'), 'UNREACHABLE', true, /same client id/],
    ['an unknown authority', system('SELF_SIGNED_CERT_IN_CHAIN'), 'TLS_FAILED', false, /unknown authority/],
    ['a certificate that has expired', system('CERT_HAS_EXPIRED'), 'TLS_FAILED', false, /expired/],
    ['another name', system('ERR_TLS_CERT_ALTNAME_INVALID'), 'TLS_FAILED', false, /another name/],
    ['a port without encryption', system('ERR_SSL_WRONG_VERSION_NUMBER'), 'TLS_FAILED', false, /ERR_SSL_WRONG/],
    ['a refused client certificate', system('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'TLS_FAILED', false, /certificate of this client/],
    [
      'a missing client certificate',
      system('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      'TLS_FAILED',
      false,
      /certificate of this client/,
    ],
    ['a wrong password', closed('amqp:unauthorized-access'), 'AUTH_FAILED', false, /credentials/],
    ['an unknown mechanism', new Error('No suitable mechanism; server supports PLAIN'), 'AUTH_FAILED', false, /mechanism/],
    ['another protocol', new Error('Invalid AMQP protocol header'), 'WRONG_KIND', false, /does not speak AMQP 1.0/],
  ] as const)('%s', (_what, thrown, code, retriable, message) => {
    const error = connectionError(thrown, URL, 'source');
    expect(error).toMatchObject({ code, retriable, message: expect.stringMatching(message), remedy: expect.any(String) });
    expect(error.message).toContain(URL);
  });

  it('no answer in time', () => {
    expect(noAnswer(URL, 500, 'source')).toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: expect.stringContaining('500 ms'),
    });
  });
});

describe('what a broker says as it closes a link', () => {
  it.each([
    ['amqp:not-found', '', 'NOT_FOUND', true],
    ['amqp:resource-deleted', '', 'NOT_FOUND', true],
    ['amqp:unauthorized-access', '', 'FORBIDDEN', false],
    ['amqp:unauthorized-access', 'User limited is not authorized to create: queue://orders', 'NOT_FOUND', true],
    // Classic has ended the connection already, for instance because it shuts down.
    ['amqp:unauthorized-access', 'User is not authenticated.', 'UNREACHABLE', true],
    ['amqp:invalid-field', 'Invalid selector', 'CONFIG_INVALID', false],
    ['amqp:illegal-state', '', 'WRONG_KIND', false],
    ['amqp:precondition-failed', '', 'CONFIG_INVALID', false],
    ['amqp:not-allowed', '', 'FORBIDDEN', false],
    ['amqp:not-implemented', '', 'WRONG_KIND', false],
    ['amqp:resource-limit-exceeded', '', 'THROTTLED', true],
    ['amqp:resource-locked', '', 'THROTTLED', true],
    ['amqp:internal-error', '', 'UNREACHABLE', true],
    ['amqp:decode-error', '', 'UNREACHABLE', true],
    ['amqp:frame-size-too-small', '', 'INTERNAL', false],
    ['amqp:link:detach-forced', '', 'UNREACHABLE', true],
    ['amqp:link:stolen', '', 'UNREACHABLE', true],
    ['amqp:link:message-size-exceeded', '', 'INTERNAL', false],
    ['amqp:link:transfer-limit-exceeded', '', 'UNREACHABLE', true],
    ['amqp:session:window-violation', '', 'UNREACHABLE', true],
    ['amqp:session:errant-link', '', 'UNREACHABLE', true],
  ] as const)('%s %s is %s', (condition, description, code, retriable) => {
    const error = linkError(closed(condition, description), 'queue orders', 'source');
    expect(error).toMatchObject({ code, retriable, message: expect.stringMatching(/^queue orders /), remedy: expect.any(String) });
  });

  it('nothing at all', () =>
    expect(linkError(undefined, 'queue orders', 'source')).toMatchObject({ code: 'UNREACHABLE', retriable: true }));

  it('why a selector is refused is passed on', () => {
    expect(linkError(closed('amqp:invalid-field', 'Invalid selector: a >'), 'queue orders', 'source').message).toContain(
      'Invalid selector: a >',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { channelError, connectionError } from '../../../src/connectors/rabbitmq/protocol/errors.ts';

describe('an error of a queue', () => {
  it.each([
    ["404 NOT_FOUND - home node 'rabbit@b' of durable queue 'q' in vhost '/' is down or inaccessible", 404, 'UNREACHABLE', true],
    ["404 NOT_FOUND - queue 'q' in vhost '/' process is stopped by supervisor", 404, 'UNREACHABLE', true],
    ["404 NOT_FOUND - failed to perform operation on queue 'q' in vhost '/' due to timeout", 404, 'UNREACHABLE', true],
    [
      "404 NOT_FOUND - failed to perform operation on queue 'q' in vhost '/': its master replica <0.1.0> may be stopping or being demoted",
      404,
      'UNREACHABLE',
      true,
    ],
    ["404 NOT_FOUND - no queue 'q' in vhost '/'", 404, 'NOT_FOUND', true],
    ["403 ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use", 403, 'FORBIDDEN', true],
    ["403 ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'u'", 403, 'FORBIDDEN', false],
    ["405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q'", 405, 'FORBIDDEN', false],
  ])('%s', (message, replyCode, code, retriable) => {
    expect(channelError(Object.assign(new Error(message), { code: replyCode }), 'queue q', 'source')).toMatchObject({ code, retriable });
  });
});

it('a failure inside the server is not one of the network', () => {
  const error = Object.assign(new Error('Connection closed: 541 (INTERNAL-ERROR) with message "INTERNAL_ERROR"'), { code: 541 });
  expect(connectionError(error, 'amqp://a', 'source').message).toBe('the RabbitMQ node at amqp://a broke down over what it was asked for');
});

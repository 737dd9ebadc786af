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

describe('an answer that the table does not know', () => {
  it('is no failure of the network: of a channel', () => {
    const answer = 'Operation failed: BasicConsume; 506 (RESOURCE-ERROR) with message "RESOURCE_ERROR - no room"';
    expect(channelError(Object.assign(new Error(answer), { code: 506 }), 'queue q', 'source')).toMatchObject({
      code: 'WRONG_STATE',
      retriable: true,
      message: "queue q can't be read now: the server answers 506 RESOURCE_ERROR - no room",
      remedy: 'look into the log of the RabbitMQ node; the next run tries again, and nothing is lost',
    });
  });

  it('is no failure of the network: of a connection, and of one that opens', () => {
    const closed = Object.assign(new Error('Connection closed: 599 (undefined) with message "NEWS - of tomorrow"'), { code: 599 });
    const refused = new Error('Handshake terminated by server: 506 (RESOURCE-ERROR) with message "RESOURCE_ERROR"');
    for (const [error, answer] of [
      [closed, '599 NEWS - of tomorrow'],
      [refused, '506 RESOURCE_ERROR'],
    ] as const) {
      expect(connectionError(error, 'amqp://a', 'source')).toMatchObject({
        code: 'WRONG_STATE',
        retriable: true,
        message: `the RabbitMQ node at amqp://a ended the connection: it answers ${answer}`,
        remedy: 'look into the log of the RabbitMQ node; the next run tries again, and nothing is lost',
      });
    }
  });

  it('is not what the client says of a connection that is gone', () => {
    const own = Object.assign(new Error('Expected BasicConsumeOk; got <BasicGetOk channel:1>'), { code: 505 });
    expect(channelError(own, 'queue q', 'source').code).toBe('UNREACHABLE');
    expect(channelError(new Error('Channel ended, no reply will be forthcoming'), 'queue q', 'source').code).toBe('UNREACHABLE');
    expect(connectionError(new Error('Socket closed abruptly during opening handshake'), 'amqp://a', 'source').code).toBe('UNREACHABLE');
  });
});

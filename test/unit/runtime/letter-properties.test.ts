import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { readLetter } from '../../../src/runtime/dead-letters/read-letter.ts';
import { LETTER, letterProperties, withoutLetter } from '../../../src/runtime/run/letter-properties.ts';
import { messageWith } from './letter-queues.ts';

const QUEUE = 'dead:broker-a:3';

const lettersOf = (error: ConnectError, more: Partial<Parameters<typeof letterProperties>[0]> = {}) =>
  letterProperties({
    connector: 'orders',
    error,
    refusedAt: 'write',
    topic: 'orders',
    partition: 'p-1',
    position: '4711',
    omitted: '',
    ...more,
  });

describe('what a dead letter says', () => {
  it('is read as it was written', () => {
    const cause = Object.assign(new Error('Data too long for column'), { code: 'ER_DATA_TOO_LONG' });
    const error = new ConnectError('RECORD_REFUSED', 'the value is out of range', { cause });
    const { letter } = readLetter(QUEUE, messageWith(17, lettersOf(error, { omitted: 'key, headers' })));
    expect(letter).toEqual({
      place: 'broker-a:3@17',
      at: '1970-01-01T00:00:17.000Z',
      code: 'RECORD_REFUSED',
      reason: 'the value is out of range',
      causes: ['ER_DATA_TOO_LONG: Data too long for column'],
      refusedAt: 'write',
      topic: 'orders',
      record: 'p-1@4711',
      omitted: 'key, headers',
      bytes: 2,
    });
  });

  it('fits RocketMQ, whatever the error, and shows no password', () => {
    let cause = new Error(`mysql://root:secret@db/shop \u0001${'x'.repeat(1_000)}`);
    for (let depth = 0; depth < 20; depth += 1) cause = new Error(`cause ${depth}`, { cause });
    const why = lettersOf(new ConnectError('RECORD_REFUSED', `\u0001\u0002${'y'.repeat(9_000)}`, { cause }), { position: '1\u00022' });
    expect([...why.values()].join('')).not.toMatch(/\p{Cc}|secret/u);
    expect(why.get(LETTER.reason)).toHaveLength(500);
    expect(JSON.parse(why.get(LETTER.causes) ?? '')).toHaveLength(5);
    expect([...why].flat().join('').length).toBeLessThan(3_000);
    const near = lettersOf(new ConnectError('RECORD_REFUSED', 'no', { cause: new Error('mysql://root:secret@db/shop') }));
    expect(JSON.parse(near.get(LETTER.causes) ?? '')).toEqual(['Error: mysql://***@db/shop']);
  });

  it('leaves no trace in the message that is sent on', () => {
    const own = new Map([['color', 'red']]);
    expect(withoutLetter(new Map([...own, ...lettersOf(new ConnectError('RECORD_REFUSED', 'no'))]))).toEqual(own);
  });

  it.each([
    ['no position', (why: Map<string, string>) => why.delete(LETTER.position), 'it has no connect-error-position'],
    [
      'no number',
      (why: Map<string, string>) => why.set(LETTER.storedAt, 'now').set(LETTER.bornAt, '1'),
      'its connect-error-stored-at is no number',
    ],
  ])('is damaged with %s, and still shown', (_, damage, damaged) => {
    const why = lettersOf(new ConnectError('RECORD_REFUSED', 'no'));
    damage(why);
    expect(readLetter(QUEUE, messageWith(1, why)).letter).toMatchObject({ code: 'RECORD_REFUSED', reason: 'no', damaged });
  });

  it('is damaged where its body is', () => {
    const message = { ...messageWith(1, lettersOf(new ConnectError('RECORD_REFUSED', 'no'))), compressed: true as const };
    expect(readLetter(QUEUE, message).letter.damaged).toMatch('its body is damaged');
    expect(
      readLetter(
        QUEUE,
        messageWith(1, [
          [LETTER.connector, 'orders'],
          [LETTER.causes, '{odd'],
        ]),
      ).letter,
    ).toMatchObject({
      code: 'UNKNOWN',
      reason: '',
      causes: ['{odd'],
      damaged: expect.stringContaining('it has no connect-error-code'),
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { hindranceOf } from '../../../src/runtime/dead-letters/hindrance.ts';
import { readLetter } from '../../../src/runtime/dead-letters/read-letter.ts';
import { LETTER, letterProperties } from '../../../src/runtime/run/letter-properties.ts';
import { messageWith } from './letter-queues.ts';

const read = (change: (why: Map<string, string>) => void, omitted = '', refusedAt: 'read' | 'write' = 'write') => {
  const error = new ConnectError('RECORD_REFUSED', 'no');
  const why = letterProperties({ connector: 'c', error, refusedAt, topic: 't', partition: 'p', position: '7', omitted });
  change(why);
  return readLetter('dead:b:0', messageWith(3, why));
};
const ofSink = (why: Map<string, string>) => void why.set(LETTER.bornAt, '1').set(LETTER.storedAt, '2');
const ofSource = () => {};

describe('what stands in the way of a redrive', () => {
  it('is nothing for a whole record, and for what a sink can read once more', () => {
    expect(hindranceOf(read(ofSource), 'source')).toBeUndefined();
    for (const letter of [read(ofSink), read(ofSink, 'body'), read(ofSink, '', 'read')])
      expect(hindranceOf(letter, 'sink')).toBeUndefined();
  });

  it.each([
    ['a source that left something out', read(ofSource, 'value'), 'source', 'without value', 'at p@7'],
    ['a source that could not read it', read(ofSource, '', 'read'), 'source', 'could make no record', 'at p@7'],
    ['damage', read((why) => why.delete(LETTER.topic)), 'source', 'it has no connect-error-topic', 'dlq show'],
    ['a sink that is a source now', read(ofSink), 'source', 'it is of a sink', 'otherwise'],
    ['a source that is a sink now', read(ofSource), 'sink', 'it is of a source', 'otherwise'],
  ] as const)('is %s, with what to do', (_, letter, direction, message, remedy) => {
    expect(hindranceOf(letter, direction)).toMatchObject({
      code: 'WRONG_STATE',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
    expect(hindranceOf(letter, direction)?.remedy).toContain('--offset b:0@3');
  });
});

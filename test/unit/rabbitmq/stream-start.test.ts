import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { streamStart } from '../../../src/connectors/rabbitmq/streams/open-stream.ts';

const bounds = { first: 100, end: 200 };
const options = { startAt: 'latest', onOffsetLost: 'fail' } as const;

describe('a stream whose oldest messages retention has removed', () => {
  it.each(['100', '150', '200'])('goes on at its position %s', (position) => {
    expect(streamStart('events', { offset: Number(position) }, { bounds }, options, silentLogger)).toBe(Number(position));
  });

  it.each(['99', '201'])('has lost position %s', (position) => {
    expect(() => streamStart('events', { offset: Number(position) }, { bounds }, options, silentLogger)).toThrow(
      expect.objectContaining({
        code: 'POSITION_LOST',
        message: `stream events has offsets 100 to 199, and ${position} is where to resume`,
      }),
    );
  });

  it.each([
    { has: { bounds, isAnother: true }, remedy: /^apply its file under another name/ },
    { has: { bounds: { first: 0, end: 120 } }, remedy: /^apply its file under another name/ },
    { has: { bounds: { first: 160, end: 300 } }, remedy: /^set source.onOffsetLost to earliest/ },
  ])('has another remedy than one that was made again: $has', ({ has, remedy }) => {
    const place = { offset: 150, mark: 'abc' };
    expect(() => streamStart('events', place, has, options, silentLogger)).toThrow(
      expect.objectContaining({ code: 'POSITION_LOST', remedy: expect.stringMatching(remedy) }),
    );
    expect(streamStart('events', place, has, { ...options, onOffsetLost: 'earliest' }, silentLogger)).toBe(has.bounds.first);
  });

  it('goes on at the earliest message, and says so, where that is wanted', () => {
    const warned: object[] = [];
    const logger = { ...silentLogger, warn: (_: string, fields?: object) => void warned.push(fields ?? {}) };
    expect(streamStart('events', { offset: 50 }, { bounds }, { ...options, onOffsetLost: 'earliest' }, logger)).toBe(100);
    expect(warned).toEqual([{ stream: 'events', first: 100, resumeAt: 50 }]);
  });

  it.each([
    { startAt: 'earliest', start: 100 },
    { startAt: 'latest', start: 200 },
    { startAt: { offset: 150 }, start: 150 },
    { startAt: { offset: 3 }, start: 100 },
    { startAt: { timestamp: 1_700_000_000_999 }, start: { '!': 'timestamp', value: 1_700_000_000 } },
  ] as const)('that was never read starts at $startAt', ({ startAt, start }) => {
    expect(streamStart('events', undefined, { bounds }, { ...options, startAt }, silentLogger)).toEqual(start);
  });
});

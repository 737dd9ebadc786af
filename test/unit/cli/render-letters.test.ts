import { describe, expect, it } from '@jest/globals';
import { renderLetter, renderLetterFailure, renderLetters } from '../../../src/cli/render/letters.ts';
import { renderPeeked } from '../../../src/cli/render/peek.ts';
import type { DeadLetter } from '../../../src/runtime/planner-api.ts';

const letter: DeadLetter = {
  place: 'broker-a:3@17',
  at: '2030-01-01T00:00:00.000Z',
  code: 'RECORD_REFUSED',
  reason: 'too large\u001b[2J',
  causes: ['MESSAGE_TOO_LARGE: 9000 bytes'],
  refusedAt: 'write',
  topic: 'orders',
  record: 'orders:broker-a:0@4711',
  omitted: 'keys, properties',
  bytes: 5_000,
  state: 'open',
  attempts: 2,
  hindrance: 'it is without keys',
};
const message = {
  key: 'k',
  value: 'v'.repeat(5_000),
  bytes: 5_000,
  headers: [{ name: 'h', value: null }],
  properties: {},
  sourceKey: 'a/b/c',
};

describe('dead letters as people read them', () => {
  it('are a row each, on one line, without what could rewrite the terminal', () => {
    const [head, row] = renderLetters([letter]).split('\n');
    expect(head).toMatch(/^PLACE +TIME +STATE +ATTEMPTS +CODE +RECORD +REASON$/);
    expect(row).toMatch(
      /^broker-a:3@17 +2030-01-01T00:00:00.000Z +open +2 +RECORD_REFUSED +orders:broker-a:0@4711 +too large\ufffd\[2J; without keys, properties$/,
    );
  });

  it('are shown whole one by one', () => {
    const text = renderLetter({ ...letter, deadLetterTopic: 'dead', message });
    expect(text.split('\n')).toEqual([
      expect.stringContaining('2030-01-01T00:00:00.000Z  dead broker-a:3@17'),
      '  state: open',
      '  attempts: 2',
      '  code: RECORD_REFUSED',
      '  reason: too large\ufffd[2J; without keys, properties',
      '  caused by: MESSAGE_TOO_LARGE: 9000 bytes',
      '  refused: as it was written',
      "  can't be redriven: it is without keys",
      '  topic: orders',
      '  record: orders:broker-a:0@4711',
      '  source key: a/b/c',
      '  key: k',
      '  header h: null',
      `  value: ${'v'.repeat(5_000)}`,
    ]);
  });

  it('say why they stay', () => {
    expect(renderLetterFailure({ place: 'b:0@1', record: 'p@7', code: 'POSITION_LOST', message: 'gone', remedy: 'drop it' })).toBe(
      'b:0@1 (p@7): POSITION_LOST: gone; drop it',
    );
  });

  it('show code and reason in peek', () => {
    const properties = {
      'connect-error-code': 'RECORD_REFUSED',
      'connect-error-reason': 'too\u001blarge',
      'connect-error-omitted': 'value',
    };
    const peeked = { ...message, value: null, properties, broker: 'b', queue: 1, offset: 2, storedAt: letter.at, damaged: 'bad headers' };
    expect(renderPeeked(peeked).split('\n').slice(1)).toEqual([
      '  code: RECORD_REFUSED',
      '  reason: too\ufffdlarge',
      '  without: value',
      '  key: k',
      '  damaged: bad headers',
      '  header h: null',
      '  value (5.0 kB): null',
    ]);
  });
});

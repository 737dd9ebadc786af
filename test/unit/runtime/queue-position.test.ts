import { describe, expect, it } from '@jest/globals';
import { isLater } from '../../../src/runtime/sink/queue-position.ts';

describe('the position of a target that keeps it', () => {
  it.each([
    ['5@100', undefined, true],
    ['6@100', '5@100', true],
    ['5@100', '5@100', false],
    ['5@100', '6@100', false],
    ['5@100', '7', false],
    ['8@100', '7', true],
    // The topic was made again since.
    ['5@200', '4711@100', true],
    ['4711@100', '5@200', false],
  ])('%s counts beside %s of the store: %s', (target, stored, later) => {
    expect(isLater(target, stored)).toBe(later);
  });
});

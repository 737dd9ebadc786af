import { describe, expect, it } from '@jest/globals';
import { patternProblem, wholeMatcher } from '../../../src/config/linear-pattern.ts';

/** Takes JavaScript's own engine longer than anyone waits. */
const HANGS = ['(a+)+', '(a|a)*', '(a|aa)+', '(.*)*x', '([a-z]+)*[0-9]', '(a?){40}a{40}b'];

describe('a pattern for names', () => {
  it('must match the whole name', () => {
    expect(['orders-eu', 'orders-', 'my-orders-eu', 'orders'].filter(wholeMatcher('orders-.*'))).toEqual(['orders-eu', 'orders-']);
    expect(['a', 'b', 'ab'].filter(wholeMatcher('a|b'))).toEqual(['a', 'b']);
  });

  it.each(HANGS)('takes time in proportion to the name: %s', (pattern) => {
    expect(wholeMatcher(pattern)(`${'a'.repeat(248)}!`)).toBe(false);
  });

  it.each(['orders-.*', '(?i)orders', '[a-z]+[0-9]{1,3}', '\\p{L}+', '^orders$', '(?:a|b)-\\d+'])('may be %s', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });

  it.each([
    ['(', 'missing closing ): `(`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['(?!internal).*', 'there is no look-around and no back-reference'],
    ['(?<=a)b', 'there is no look-around and no back-reference'],
    ['(a)\\1', 'there is no look-around and no back-reference'],
    ['((a{100}){100}){100}', 'invalid repeat count'],
    ['.{1000}.{1000}', 'too large'],
  ])('may not be %s', (pattern, problem) => {
    expect(patternProblem(pattern)).toContain(problem);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyGlob } from '../../../src/config/globs.ts';

/** JavaScript's own way to say it, which takes too long for long patterns. */
const asRegExp = (pattern: string) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );

describe('patterns with *', () => {
  it('mean what the same regular expressions mean', () => {
    const text = (characters: string[]) => fc.array(fc.constantFrom(...characters), { maxLength: 12 }).map((parts) => parts.join(''));
    const known = fc.property(text(['a', 'b', '.', '*']), text(['a', 'b', '.', '*', '\n']), (pattern, name) => {
      expect(anyGlob([pattern])(name)).toBe(asRegExp(pattern).test(name));
    });
    fc.assert(known, { numRuns: 2_000 });
  });

  it('match where any of them does, and nothing where there is none', () => {
    expect(['shop.a', 'shop.b', 'crm.a', 'crm.ab'].filter(anyGlob(['shop.*', 'crm.a']))).toEqual(['shop.a', 'shop.b', 'crm.a']);
    expect(anyGlob([])('')).toBe(false);
  });

  it('take no longer with many *', () => {
    expect(anyGlob([`shop.${'a*'.repeat(500)}b`])(`shop.${'a'.repeat(64)}`)).toBe(false);
  });
});

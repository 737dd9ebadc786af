import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SOURCE = path.resolve(import.meta.dirname, '../../../src');
/** Matches the start of a text that is a remedy from its first character on. */
const BEGINS = /\b(?:remedy|createIt): (['"`])((?:(?!\1)[^\\]|\\.)+)/g;
/** Words that only continue a previous sentence. */
const GOES_ON = /^(then|and|or|but|by|it|they|with|because|where|who|which)\b/;

const remedies = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const text = readFileSync(path.join(SOURCE, file), 'utf8').replace(/^\s*(\*|\/\/).*$/gm, '');
    return [...text.matchAll(BEGINS)].map(([, , remedy = '']) => [file, remedy] as const);
  });

describe('the remedies of all errors', () => {
  it('are many', () => expect(remedies.length).toBeGreaterThan(150));

  it('are whole instructions, which say something without the message that they stand behind', () => {
    expect(remedies.filter(([, remedy]) => GOES_ON.test(remedy))).toEqual([]);
  });

  it('begin with a small letter, unless with something to type, and end without a full stop', () => {
    expect(remedies.filter(([, remedy]) => /^[A-Z][a-z]/.test(remedy) || /[^.]\.$/.test(remedy))).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderTable } from '../../../src/cli/render/table.ts';

const HEAD = ['name', 'state', 'why'];
const ROWS = [
  ['a', 'ok', ''],
  ['longer', 'one\ntwo', 'nothing was heard of the broker for a minute or two'],
];
const lines = (width?: number) => renderTable(HEAD, ROWS, width).split('\n');

describe('a table', () => {
  it('has columns without borders, cells of several lines, and any width where no terminal bounds it', () => {
    expect(lines()).toEqual([
      'NAME    STATE  WHY',
      'a       ok',
      'longer  one    nothing was heard of the broker for a minute or two',
      '        two',
    ]);
  });

  it('is as it is where it fits', () => expect(lines(66)).toEqual(lines()));

  it('breaks its widest cells between words where it does not fit', () => {
    const wide = [...ROWS, ['b', 'ok', 'x'.repeat(40)]];
    expect(renderTable(HEAD, wide, 60).split('\n').slice(0, 5)).toEqual([
      'NAME    STATE  WHY',
      'a       ok',
      'longer  one    nothing was heard of the broker for a minute',
      '        two    or two',
      `b       ok     ${'x'.repeat(40)}`,
    ]);
  });

  it.each([
    ['below 60 columns', ROWS, 50],
    ['where a word would not fit', [...ROWS, ['b', '', 'x'.repeat(60)]], 70],
  ])('is a list %s, without what is empty', (_, rows, width) => {
    expect(renderTable(HEAD, rows, width)).toMatch(
      /^name: a\nstate: ok\n\nname: longer\nstate: one\n {2}two\nwhy: nothing was heard of the broker for a minute or two(\n|$)/,
    );
  });

  it('keeps each word of each cell whole, at any width, and is no wider than that where it is a table', () => {
    const word = fc.stringMatching(/^[a-z0-9.:;,/-]{1,30}$|^[\u4e00-\u4e20]{1,6}$/);
    const cell = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 20, max: 200 }), (cells, width) => {
        const shown = renderTable(HEAD, cells, width);
        const words = shown.split(/\s+/);
        for (const each of cells.flat().join(' ').split(' ')) if (each !== '') expect(words).toContain(each);
        if (shown.startsWith('NAME')) expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { holds, reaches } from '../../../src/connectors/mysql/position/gtids.ts';

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const B = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

describe('transactions of MySQL', () => {
  it.each([
    [`${A}:1-9`, `${A}:1-5`, true],
    [`${A}:1-4:6-9`, `${A}:1-5`, false],
    [`${A}:1-9`, '', true],
    [`${A}:1-9`, `${A}:1-5,${B}:1`, false],
    [`${A}:1-9,\n${B}:1-3`, `${B}:2`, true],
  ])('%j holds %j: %j', (set, part, expected) => {
    expect(holds(set, part, false)).toBe(expected);
    expect(reaches(set, part, false)).toBe(expected);
  });
});

describe('transactions of MariaDB', () => {
  it.each([
    ['0-1-9', '0-1-5', true],
    ['0-1-4', '0-1-5', false],
    ['0-2-9', '0-1-5', true],
    ['0-1-9,1-3-7', '1-4-7', true],
    ['0-1-9', '1-1-1', false],
    ['0-1-9', '', true],
    ['', '0-1-1', false],
  ])('%j is at %j or behind it, also after another server took over: %j', (set, place, expected) => {
    expect(reaches(set, place, true)).toBe(expected);
  });
});

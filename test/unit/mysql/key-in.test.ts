import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IndexPart } from '../../../src/connectors/mysql/tables/information-schema.ts';
import { keyIn } from '../../../src/connectors/mysql/tables/table-definitions.ts';

const part = (index: string, column: string, position: number | string, isUnique = true): IndexPart => ({
  index,
  column,
  position,
  isUnique,
  prefix: null,
});

it('a key has the order of its index, in whatever order the server tells of its columns', () => {
  const columns = ['k', 'c', 'a', 'j', 'b', 'd', 'e', 'f', 'g', 'h', 'i'];
  const parts = columns.map((column, index) => part('PRIMARY', column, index % 2 === 0 ? index + 1 : `${index + 1}`));
  const others = [part('by_b', 'b', 1, false), part('u', 'c', 2), part('u', 'a', 1)];
  fc.assert(
    fc.property(fc.shuffledSubarray([...parts, ...others], { minLength: parts.length + others.length }), (shuffled) => {
      expect(keyIn([...columns].sort(), shuffled)).toEqual({ index: 'PRIMARY', columns });
      const unique = shuffled.filter(({ index }) => index === 'u');
      expect(keyIn(['a', 'c'], unique)).toEqual({ index: 'u', columns: ['a', 'c'] });
    }),
  );
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SHORT_NAMES, withLongNames, withShortNames } from '../../../src/store/dynamodb/short-names.ts';

const names = [...Object.keys(SHORT_NAMES), ...Object.values(SHORT_NAMES)];
/** What a connector or a system calls something may look like a name of ours. */
const theirs = fc.oneof(fc.constantFrom(...names), fc.stringMatching(/^[\w.:-]{1,20}$/));
const ours = fc.constantFrom(...Object.keys(SHORT_NAMES).filter((name) => name !== 'positions' && name !== 'options'), 'code', 'message');
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const free = fc.dictionary(theirs, fc.oneof(scalar, fc.dictionary(theirs, scalar)), { noNullPrototype: true });
const item = fc.letrec<{ item: object; value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('item'), fc.array(tie('item'), { maxLength: 3 })),
  item: fc
    .tuple(
      fc.dictionary(ours, tie('value'), { maxKeys: 5, noNullPrototype: true }),
      fc.record({ positions: free, options: free }, { requiredKeys: [], noNullPrototype: true }),
    )
    .map(([known, others]) => ({ ...known, ...others })),
})).item;

describe('short names of task items', () => {
  it('are all different, and none is the name of something else', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('are read back as the long ones, and leave alone how partitions and options are called', () => {
    fc.assert(fc.property(item, (of) => expect(withLongNames(withShortNames(of))).toEqual(of)));
  });

  it('keep sets and bytes', () => {
    const of = { skips: new Set(['p@7']), positions: new Map([['records', '7']]), spec: Buffer.from('x') };
    expect(withShortNames(of)).toEqual({ i: of.skips, z: of.positions, sp: of.spec });
  });
});

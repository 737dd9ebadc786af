import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageIdOf } from '../../../src/kit/index.ts';

describe('the id of a record, from its message id', () => {
  it.each([
    { bytes: Buffer.from('order-1'), id: 'order-1' },
    { bytes: Buffer.from('ID:host-1:2'), id: 'ID:host-1:2' },
    { bytes: Buffer.from([0xff, 0]), id: 'binary:ff00' },
    { bytes: Buffer.from('abc'), type: 'binary', id: 'binary:616263' },
    { bytes: Buffer.from('42'), type: 'ulong', id: 'ulong:42' },
    { bytes: Buffer.from('binary:ff00'), id: 'string:binary:ff00' },
    { bytes: Buffer.from('string:x'), id: 'string:string:x' },
  ])('of $bytes $type is $id', ({ bytes, type, id }) => {
    expect(messageIdOf(bytes, type)).toBe(id);
  });

  it('is the same for the same message id only', () => {
    const text = fc.constantFrom('binary:', 'string:', 'ulong:', 'uuid:', '').chain((mark) => fc.string().map((rest) => mark + rest));
    const bytes = fc.oneof(
      fc.uint8Array().map(Buffer.from),
      text.map((value) => Buffer.from(value)),
    );
    const any = fc.tuple(bytes, fc.constantFrom('string', 'binary'));
    fc.assert(
      fc.property(any, any, ([one, typeOfOne], [other, typeOfOther]) => {
        const isSame = one.equals(other) && (typeOfOne === typeOfOther || messageIdOf(one).startsWith('binary:'));
        expect(messageIdOf(one, typeOfOne) === messageIdOf(other, typeOfOther)).toBe(isSame);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { names } from '../../../src/cli/shared/options.ts';

describe('names on the command line', () => {
  it.each([
    ['shop.orders', ['shop.orders']],
    ['shop.orders, shop.customers', ['shop.orders', 'shop.customers']],
    ['shop.`a,b`,`x,``y`.z', ['shop.`a,b`', '`x,``y`.z']],
  ])('%s are separated by commas outside of quotes', (text, expected) => expect(names(text)).toEqual(expected));

  it.each(['', ',', 'shop.orders,'])('may not be empty: %s', (text) => expect(() => names(text)).toThrow(/separated by commas/));
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asQualified, qualifiedName } from '../../../src/connectors/mysql/tables/table-name.ts';

const name = fc.string({ minLength: 1 });
const quoted = (text: string) => `\`${text.replaceAll('`', '``')}\``;

describe('the name of a table that a person wrote', () => {
  it('may have quotes around either part, needed or not', () => {
    fc.assert(
      fc.property(name, name, (database, table) => {
        expect(asQualified(`${quoted(database)}.${quoted(table)}`)).toBe(qualifiedName(database, table));
        expect(asQualified(qualifiedName(database, table))).toBe(qualifiedName(database, table));
      }),
    );
  });

  it.each(['orders', 'shop.orders.id', 'shop.`orders', '`shop`orders', ''])('that is none stays as it is: %s', (written) => {
    expect(asQualified(written)).toBe(written);
  });
});

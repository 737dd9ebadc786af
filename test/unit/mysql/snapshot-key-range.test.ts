import { describe, expect, it } from '@jest/globals';
import { rangeCondition } from '../../../src/connectors/mysql/snapshot/table-queries.ts';
import type { Column } from '../../../src/connectors/mysql/tables/table.ts';

const columns: Column[] = [
  { name: 'tenant', type: { kind: 'text', charset: 'latin1' } },
  { name: 'we`ird', type: { kind: 'integer' } },
];

describe('condition of a range of keys', () => {
  it('has no bound where the range has none', () => {
    expect(rangeCondition(columns, {})).toBe('TRUE');
  });

  it('compares column by column, the last one with what the bound includes', () => {
    expect(rangeCondition(columns, { after: ['a', '1'], upTo: ['é', '2'] })).toBe(
      "(`tenant` > _latin1 x'61' OR (`tenant` = _latin1 x'61' AND `we``ird` > 1)) AND " +
        "(`tenant` < _latin1 x'e9' OR (`tenant` = _latin1 x'e9' AND `we``ird` <= 2))",
    );
  });

  it('takes bounds of the first columns only', () => {
    expect(rangeCondition(columns, { after: ['a'], upTo: ['b'] })).toBe("`tenant` > _latin1 x'61' AND `tenant` <= _latin1 x'62'");
  });

  it('refuses a stored value that can be none of its column', () => {
    expect(() => rangeCondition(columns, { after: ['a', '1 OR TRUE'] })).toThrow(
      expect.objectContaining({ code: 'POSITION_LOST', message: expect.stringContaining('we`ird') }),
    );
  });
});

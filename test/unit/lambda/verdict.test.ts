import { describe, expect, it } from '@jest/globals';
import { verdictOn } from '../../../src/connectors/lambda/verdict.ts';
import { queued } from '../../integration/lambda/lambda-lab.ts';

const records = queued(['a', 'b', 'c']).map((record) => ({ ...record, offset: record.offset + 40 }));
const on = (returned: unknown) => verdictOn({ returned: JSON.stringify(returned) }, records, 3);
const item = (itemIdentifier: unknown) => ({ batchItemFailures: [{ itemIdentifier }] });
const named = (...offsets: number[]) => ({
  batchItemFailures: offsets.map((offset) => ({ itemIdentifier: { partition: 'orders-3', offset } })),
});

describe('the answer of a function', () => {
  it.each([null, {}, 'done', 17, [], { batchItemFailures: null }, { batchItemFailures: [] }, { statusCode: 200 }])(
    '%j means that all is done',
    (returned) => {
      expect(on(returned)).toEqual({ failed: 'none' });
    },
  );

  it('that is empty means the same', () => {
    expect(verdictOn({ returned: '' }, records, 3)).toEqual({ failed: 'none' });
  });

  it.each([
    [named(40), 0],
    [named(42), 2],
    [named(42, 41), 1],
  ])('%j means that all before the first is done', (returned, at) => {
    expect(on(returned)).toMatchObject({ failed: 'from', at, error: { code: 'RECORD_REFUSED' } });
  });

  it.each([
    item(''),
    item(null),
    item('41'),
    item({ partition: 'orders-2', offset: 41 }),
    item({ partition: 'orders-3', offset: 43 }),
    item({ partition: 'orders-3', offset: '41' }),
    item({ 'topic-partition': 'orders-3', offset: 41 }),
    { batchItemFailures: [{ id: 1 }] },
    { batchItemFailures: [null] },
    { batchItemFailures: [...named(41).batchItemFailures, { itemIdentifier: '' }] },
    { batchItemFailures: '41' },
    { batchItemFailures: {} },
  ])('%j means that nothing is done', (returned) => {
    expect(on(returned)).toMatchObject({ failed: 'some', error: { message: expect.stringMatching(/names what is not in its event: \{/) } });
  });

  it('that is no JSON means that nothing is done', () => {
    expect(verdictOn({ returned: '<html>' }, records, 3)).toMatchObject({
      failed: 'some',
      error: { message: "the function's answer is no JSON: <html>" },
    });
  });
});

describe('the error of a function', () => {
  const message = (threw: string) => {
    const verdict = verdictOn({ threw }, records, 3);
    return verdict.failed === 'some' ? verdict.error.message : verdict.failed;
  };

  it('is told with its type and message, or as it is, and not at any length', () => {
    expect(message('{"errorType":"KeyError","errorMessage":"id","stackTrace":["x"]}')).toBe('the function failed: KeyError: id');
    expect(message('{"errorMessage":"Task timed out after 3.00 seconds"}')).toBe('the function failed: Task timed out after 3.00 seconds');
    expect(message('{"errorType":"Error","errorMessage":""}')).toBe('the function failed: Error');
    expect(message('out of order')).toBe('the function failed: out of order');
    expect(message('')).toBe('the function failed: no reason given');
    expect(message(JSON.stringify({ errorMessage: 'x'.repeat(10_000) })).length).toBeLessThan(450);
  });

  it.each(['Runtime.ImportModuleError', 'Runtime.HandlerNotFound', 'Runtime.UserCodeSyntaxError', 'Extension.Crash'])(
    'of type %s is none of a record',
    (errorType) => {
      expect(() => message(JSON.stringify({ errorType, errorMessage: 'm' }))).toThrow(
        expect.objectContaining({ code: 'WRONG_STATE', retriable: true }),
      );
    },
  );
});

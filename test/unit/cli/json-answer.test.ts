import { describe, expect, it } from '@jest/globals';
import { JsonAnswer } from '../../../src/cli/json-answer.ts';

const error = (code: string) => ({ code, message: 'no broker', remedy: 'start it', retriable: true });

describe('what --json prints', () => {
  it('is the result of a command that ends well', () => {
    const answer = new JsonAnswer();
    answer.result([]);
    expect(JSON.parse(answer.text ?? '')).toEqual([]);
  });

  it('is nothing more, where the result went out line by line', () => {
    const answer = new JsonAnswer();
    answer.stream();
    expect(answer.text).toBeUndefined();
  });

  it('is the error of a command that fails', () => {
    const answer = new JsonAnswer();
    answer.failed(error('UNREACHABLE'));
    expect(JSON.parse(answer.text ?? '')).toEqual({ error: error('UNREACHABLE') });
  });

  it('is the first error with the others and with what was done, where several things were to be done', () => {
    const answer = new JsonAnswer();
    answer.failed({ ...error('UNREACHABLE'), connector: 'a' });
    answer.result([{ connector: 'b' }]);
    answer.failed({ ...error('NOT_FOUND'), connector: 'c' });
    expect(JSON.parse(answer.text ?? '')).toEqual({
      error: { ...error('UNREACHABLE'), connector: 'a' },
      others: [{ ...error('NOT_FOUND'), connector: 'c' }],
      results: [{ connector: 'b' }],
    });
  });

  it('is one more line, where a stream of lines ends with an error', () => {
    const answer = new JsonAnswer();
    answer.stream();
    answer.failed(error('UNREACHABLE'));
    expect(answer.text).toBe(JSON.stringify({ error: error('UNREACHABLE') }));
  });
});

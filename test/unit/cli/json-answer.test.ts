import { describe, expect, it } from '@jest/globals';
import { JsonAnswer } from '../../../src/cli/terminal/json-answer.ts';

const error = (code: string) => ({ code, message: 'no broker', remedy: 'start it', retriable: true });
/** Returns the answer as the command prints it. */
const printed = (code: string) => ({ ...error(code), remedy: 'Start it' });

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
    expect(JSON.parse(answer.text ?? '')).toEqual({ error: printed('UNREACHABLE') });
  });

  it('is the first error with the others and with what was done, where several things were to be done', () => {
    const answer = new JsonAnswer();
    answer.failed({ ...error('UNREACHABLE'), connector: 'a' });
    answer.result([{ connector: 'b' }]);
    answer.failed({ ...error('NOT_FOUND'), connector: 'c' });
    expect(JSON.parse(answer.text ?? '')).toEqual({
      error: { ...printed('UNREACHABLE'), connector: 'a' },
      others: [{ ...printed('NOT_FOUND'), connector: 'c' }],
      results: [{ connector: 'b' }],
    });
  });

  it('is one more line, where a stream of lines ends with an error', () => {
    const answer = new JsonAnswer();
    answer.stream();
    answer.failed(error('UNREACHABLE'));
    expect(answer.text).toBe(JSON.stringify({ error: printed('UNREACHABLE') }));
  });

  it.each([
    ['set source.topics to a list', 'Set source.topics to a list'],
    ['wait: the next run uses it', 'Wait: the next run uses it'],
    ['did you mean flights?', 'Did you mean flights?'],
    ['GRANT SELECT ON shop.* TO reader', 'GRANT SELECT ON shop.* TO reader'],
    ['rocketmq-connect resume flights', 'rocketmq-connect resume flights'],
    ['source.topics must name one', 'source.topics must name one'],
    ['`sls deploy` it', '`sls deploy` it'],
  ])('begins a remedy as a sentence, wherever it is: %s', (remedy, alone) => {
    const answer = new JsonAnswer();
    answer.result([{ warnings: [{ remedy }], name: remedy }]);
    expect(JSON.parse(answer.text ?? '')).toEqual([{ warnings: [{ remedy: alone }], name: remedy }]);
  });
});

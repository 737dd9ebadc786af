import { describe, expect, it } from '@jest/globals';
import { type TypedHeader, typedHeaders } from '../../../src/api/index.ts';

const header = (name: string, text: string, type?: string): TypedHeader => ({
  name,
  value: Buffer.from(text),
  ...(type === undefined ? {} : { type }),
});

describe('headers with types', () => {
  it('leaves text as it is, without a word about types', () => {
    expect(typedHeaders([header('color', 'red'), { name: 'none', value: null }])).toEqual([
      header('color', 'red'),
      { name: 'none', value: null },
    ]);
  });

  it('names the types of the others in one more header', () => {
    const headers = typedHeaders([header('color', 'red'), header('attempt', '3', 'int'), header('__proto__', 'true', 'boolean')]);
    expect(headers.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'color: red',
      'attempt: 3',
      '__proto__: true',
      'header-types: {"attempt":"int","__proto__":"boolean"}',
    ]);
  });
});

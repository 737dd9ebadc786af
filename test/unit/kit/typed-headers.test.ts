import { describe, expect, it } from '@jest/globals';
import { type TypedHeader, typedHeaders, userHeaderName } from '../../../src/kit/index.ts';

const header = (name: string, text: string, type?: string): TypedHeader => ({
  name,
  value: Buffer.from(text),
  ...(type === undefined ? {} : { type }),
});
const lines = (given: readonly TypedHeader[], users: readonly TypedHeader[]) =>
  typedHeaders(given, users).map(({ name, value }) => `${name}: ${value}`);

describe('headers with types', () => {
  it('leaves text as it is, without a word about types', () => {
    expect(typedHeaders([], [header('color', 'red'), { name: 'none', value: null }])).toEqual([
      header('color', 'red'),
      { name: 'none', value: null },
    ]);
  });

  it('names the types of the others in one more header', () => {
    const users = [header('color', 'red'), header('attempt', '3', 'int'), header('__proto__', 'true', 'boolean')];
    expect(lines([header('jms-message-id', '7', 'ulong')], users)).toEqual([
      'jms-message-id: 7',
      'color: red',
      'attempt: 3',
      '__proto__: true',
      'header-types: {"jms-message-id":"ulong","attempt":"int","__proto__":"boolean"}',
    ]);
  });

  it('lists the types of a name that comes more than once', () => {
    expect(lines([], [header('a', '1', 'int'), header('a', 'text'), header('b', 'x'), header('b', 'y')])).toEqual([
      'a: 1',
      'a: text',
      'b: x',
      'b: y',
      'header-types: {"a":["int",null]}',
    ]);
  });

  it("keeps a user's header apart from one that the connector gives, also its type", () => {
    const users = [header('header-types', 'mine'), header('jms-type', '4', 'int'), header('user:jms-type', 'x')];
    expect(lines([header('jms-type', 'order')], users)).toEqual([
      'jms-type: order',
      'user:header-types: mine',
      'user:jms-type: 4',
      'user:user:jms-type: x',
      'header-types: {"user:jms-type":"int"}',
    ]);
  });
});

describe("the name of a user's header", () => {
  it.each(['color', 'header-type', 'rabbitmq', 'jms', 'user', 'JMSType', 'connect-key', ''])('stays as it is: %s', (name) => {
    expect(userHeaderName(name)).toBe(name);
  });

  it.each(['header-types', 'rabbitmq-exchange', 'jms-', 'user:', 'user:color'])(
    'is escaped where it could be taken for another: %s',
    (name) => {
      expect(userHeaderName(name)).toBe(`user:${name}`);
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import type { ErrorEntry, ErrorTable } from '../../../src/kit/index.ts';
import { anyOther, byCode, entryFor, errorFrom, perSection, socketErrors } from '../../../src/kit/index.ts';

const entry = (means: string): ErrorEntry => ({ code: 'UNREACHABLE', means, remedy: 'wait' });

describe('a table of errors', () => {
  const table: ErrorTable = [
    [/in exclusive use/, entry('is held by a consumer')],
    ...byCode({ 403: entry('may not be read'), ECONNREFUSED: entry('refuses connections') }),
    [({ code }) => String(code).startsWith('ERR_SSL'), ({ code }) => entry(`refuses the encryption (${code})`)],
  ];
  const found = (code: string | number | undefined, message?: string) => entryFor(table, { code, message })?.means;

  it('knows an error by its code, a number or a word', () => {
    expect(found(403)).toBe('may not be read');
    expect(found('ECONNREFUSED')).toBe('refuses connections');
  });

  it('knows an error by its words', () => expect(found(undefined, 'queue q in exclusive use')).toBe('is held by a consumer'));

  it('takes the first row that fits', () => expect(found(403, 'queue q in exclusive use')).toBe('is held by a consumer'));

  it('can say what the error itself says', () => expect(found('ERR_SSL_NO_CIPHER')).toBe('refuses the encryption (ERR_SSL_NO_CIPHER)'));

  it('has nothing to say of other errors', () => {
    expect(found('ENOTFOUND', 'no such host')).toBeUndefined();
    expect(found(undefined)).toBeUndefined();
  });

  it('does not take the name of what every object has for a code', () => expect(found('toString')).toBeUndefined());

  it('has an entry for every error where its last row is for any other', () => {
    const whole = [...table, anyOther(entry('is gone'))];
    expect(entryFor(whole, {})?.means).toBe('is gone');
    expect(entryFor(whole, { code: 403 })?.means).toBe('may not be read');
  });
});

describe('an error from an entry', () => {
  it('says what it is about, what that means and what to do', () => {
    const cause = new Error('403');
    expect(errorFrom(entry('may not be read'), 'queue orders', cause)).toMatchObject({
      code: 'UNREACHABLE',
      message: 'queue orders may not be read',
      remedy: 'wait',
      retriable: false,
      cause,
    });
  });

  it('is retriable where the entry says so', () => {
    expect(errorFrom({ ...entry('is down'), retriable: true }, 'queue orders').retriable).toBe(true);
  });
});

describe('what is made for each section', () => {
  it('names the options of the section that asks', () => {
    const tables = perSection((section) => socketErrors({ reach: `check ${section}.url`, trust: `set ${section}.tls.ca` }));
    expect(entryFor(tables('source'), { code: 'ECONNREFUSED' })?.remedy).toBe('check source.url');
    expect(entryFor(tables('sink'), { code: 'CERT_UNTRUSTED' })?.remedy).toBe('set sink.tls.ca');
  });

  it('is made once', () => {
    const tables = perSection(() => []);
    expect(tables('source')).toBe(tables('source'));
    expect(tables('sink')).not.toBe(tables('source'));
  });
});

import type { Finding } from '../api/index.ts';
import { finding } from './config-error.ts';
import { optionName } from './option-path.ts';
import { type OptionSchema, schemaAt } from './option-schema.ts';
import { REFERENCE_FORMS, referencesIn, textsIn, tokenize } from './references.ts';
import { RESERVED_VARIABLE } from './secret-providers.ts';

/** What is no secret, and kept beside one: a user's name, certificates. */
const BESIDE_A_SECRET = /^(username|user|accessKey|ca|cert)$/;

/** Of an address with a user and a password: no message shows that part. */
const USER_OF_ADDRESS = /:\/\/[^\s,]*@/g;

/** References that can't be read, and secrets that stand in the file themselves. */
export function referenceFindings(file: unknown, schema: OptionSchema): Finding[] {
  return [...textsIn(file)].flatMap(({ path, text }) => {
    const name = optionName(path);
    const secret = schemaAt(schema, path)?.secret === true;
    const malformed = tokenize(text).find((piece) => typeof piece === 'object' && 'malformed' in piece);
    if (malformed !== undefined) {
      return finding(name, 'holds a ${ that begins no reference', `write ${REFERENCE_FORMS}, or $\${ where \${ is meant`);
    }
    if (!secret && holdsPassword(text)) {
      return finding(
        name,
        'holds a password itself, which would be stored',
        'write a reference in its place, like amqp://user:${env:PASSWORD}@host',
      );
    }
    const references = referencesIn(text);
    const reserved = references.find(({ kind, name: variable }) => kind === 'env' && RESERVED_VARIABLE.test(variable));
    if (reserved !== undefined) return finding(name, `${reserved.shown} is not for connectors`, 'name a variable of your own');
    if (!secret) {
      // What is no secret is shown: in messages, in names of servers that are asked for.
      const misplaced = referencesIn(text.replace(USER_OF_ADDRESS, '://')).find(({ kind }) => kind !== 'env');
      if (misplaced === undefined || BESIDE_A_SECRET.test(path.at(-1) ?? '')) return [];
      return finding(name, `${misplaced.shown} would show a secret`, 'write the value itself, or use ${env:NAME}');
    }
    if (references.length === 0) return finding(name, 'holds a secret itself, which would be stored', `write ${REFERENCE_FORMS} instead`);
    if (references.some(({ fallback }) => fallback))
      return finding(name, 'gives a default for a secret, which would be stored', 'remove the default');
    return [];
  });
}

/** An address with a user's password in it, other than by references. One text may list several. */
function holdsPassword(text: string): boolean {
  return text.split(',').some((address) => {
    const user = /:\/\/(\S*)@/.exec(address)?.[1] ?? '';
    return /:./.test(user.replace(/\$\{[^{}]*\}/g, ''));
  });
}

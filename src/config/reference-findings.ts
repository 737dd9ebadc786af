import type { Finding } from '../api/index.ts';
import { finding } from './config-error.ts';
import { optionName } from './option-path.ts';
import { type OptionSchema, schemaAt } from './option-schema.ts';
import { REFERENCE_FORMS, referencesIn, textsIn, tokenize } from './references.ts';

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
    if (!secret) return [];
    const references = referencesIn(text);
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

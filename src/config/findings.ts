import type { z } from 'zod';
import { type Finding, withoutCredentials } from '../api/index.ts';
import { didYouMean } from '../kit/index.ts';
import { finding } from './config-error.ts';
import { optionName } from './option-path.ts';
import { type OptionSchema, propertiesOf, schemaAt } from './option-schema.ts';
import { duration, size } from './quantities.ts';
import { hasReference } from './references.ts';
import { expected, given } from './wording.ts';

type Issue = z.core.$ZodIssue;

/** What validation found, in the words of the option's spec. `input` is what was validated; `file` the same before references were resolved. */
export function findingsOf(issues: readonly Issue[], schema: OptionSchema, input: unknown, file: unknown): Finding[] {
  const findings = translate(issues, schema, input, file);
  const misspelt = findings.flatMap(({ remedy }) => DID_YOU_MEAN.exec(remedy)?.slice(1) ?? []);
  // A misspelt option is not missing, too, and has more to say than its default.
  const followsFromIt = ({ option, message }: Finding) =>
    message.startsWith('missing') && misspelt.some((name) => option === name || message.split(' ').includes(name));
  return findings.filter((each) => !followsFromIt(each));
}

function translate(issues: readonly Issue[], schema: OptionSchema, input: unknown, file: unknown): Finding[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownOption(schema, issue.path, key));
    if (issue.code === 'invalid_union') return translate(nearestAlternative(issue), schema, input, file);
    if (issue.code === 'custom' && issue.message !== 'Invalid input') return crossField(issue);
    return wrongValue(schema, issue.path, valueAt(input, issue.path), valueAt(file, issue.path));
  });
}

const didYouMeanRemedy = (name: string) => `did you mean ${name}?`;
const DID_YOU_MEAN = /^did you mean (.+)\?$/;

function unknownOption(schema: OptionSchema, path: readonly PropertyKey[], key: string): Finding {
  const name = (last: string) => optionName([...path, last]);
  const known = Object.keys(propertiesOf(schemaAt(schema, path)));
  const near = didYouMean(key, known);
  return finding(
    name(key),
    'unknown option',
    near === undefined ? `remove it; known are ${known.join(', ')}` : didYouMeanRemedy(name(near)),
  );
}

function wrongValue(schema: OptionSchema, path: readonly PropertyKey[], value: unknown, inFile: unknown): Finding {
  const name = optionName(path);
  const option = schemaAt(schema, path);
  const takes = expected(option);
  if (value === undefined)
    return finding(name, 'missing', `set it to ${takes}${option?.examples ? `, for example ${example(option)}` : ''}`);
  if (hasReference(value)) return finding(name, `can't be a reference, expected ${takes}`, 'write the value itself');
  if (hasReference(inFile)) return finding(name, `expected ${takes}`, `correct what ${withoutCredentials(String(inFile))} stands for`);
  if (option?.secret) return finding(name, `expected ${takes}`, 'correct it');
  return finding(name, `expected ${takes}, given ${given(value)}`, remedyFor(option, value));
}

function remedyFor(option: OptionSchema | undefined, value: unknown): string {
  if (typeof value === 'string') {
    const near = didYouMean(value, option?.enum?.map(String) ?? []);
    if (near !== undefined) return didYouMeanRemedy(near);
    if (option?.type === 'array') return `write [${withoutCredentials(value)}]`;
    const quantity = [duration, size].find(({ unit }) => unit === option?.unit);
    const kinds: readonly unknown[] = ['integer', 'number', 'boolean'];
    if ((quantity !== undefined || kinds.includes(option?.type)) && /^(-?\d+|true|false)$/.test(value)) return 'remove the quotes';
    if (quantity !== undefined && quantity.parse(value) === undefined) return quantity.write;
  }
  if ((typeof value === 'number' || typeof value === 'boolean') && option?.type === 'string' && isText(option, value))
    return 'put it in quotes';
  return option?.examples === undefined ? 'correct it' : `write for example ${example(option)}`;
}

/** Whether it could be right as text. */
const isText = ({ pattern }: OptionSchema, value: number | boolean): boolean =>
  pattern === undefined || new RegExp(pattern).test(String(value));

const example = ({ examples }: OptionSchema) => (typeof examples?.[0] === 'string' ? examples[0] : JSON.stringify(examples?.[0]));

function crossField(issue: Extract<Issue, { code: 'custom' }>): Finding {
  const remedy = typeof issue.params?.remedy === 'string' ? issue.params.remedy : 'correct it';
  return finding(optionName(issue.path), issue.message, remedy);
}

/** Of a value that fits none of several alternatives: what is wrong with it as the one it comes nearest to. */
function nearestAlternative(issue: Extract<Issue, { code: 'invalid_union' }>): Issue[] {
  const deepest = issue.errors.find((errors) => errors.every(({ path }) => path.length > 0));
  if (deepest !== undefined) return deepest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  return [{ code: 'custom', path: issue.path, message: 'Invalid input', input: undefined }];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

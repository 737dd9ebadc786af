import * as z from 'zod';
import { duration, type Quantity, size } from './quantities.ts';
import { hasReference } from './references.ts';

/**
 * How connector authors state an option: type, bounds, default and description once. Validation, error messages, the
 * generated docs and the JSON schema for editors derive from it.
 *
 * Text may hold references (`${env:NAME}`); its format is then checked once they are resolved, in the planner. Numbers,
 * choices and flags can't. Rules over several options go into `.superRefine` of the section, as
 * `context.addIssue({ code: 'custom', path: ['password'], message: 'missing', params: { remedy: 'set source.password' } })`.
 */
export interface OptionMeta {
  /** One or two sentences, in Markdown. */
  readonly description: string;
  readonly example?: unknown;
}

export interface TextMeta extends OptionMeta {
  /** Anchored with ^ and $. */
  readonly pattern?: RegExp;
  /** What the pattern means, in words: `host:port, several separated by ;`. Required in practice wherever there is a pattern. */
  readonly expects?: string;
  /** In characters. Default 1,024. */
  readonly maxLength?: number;
  /** References are refused: the text is needed where none are resolved. Default false. */
  readonly literal?: boolean;
  /** Empty text is allowed. Default false. */
  readonly empty?: boolean;
  /** The file must hold a reference, never the value: it would be stored. Never shown. */
  readonly secret?: boolean;
}

export interface NumberMeta extends OptionMeta {
  readonly unit: 'minutes' | 'records' | 'tasks' | 'runs' | 'none';
  readonly min: number;
  readonly max: number;
}

export interface QuantityMeta extends OptionMeta {
  /** Whole ms or bytes. */
  readonly min: number;
  readonly max: number;
}

const metadata = ({ description, example }: OptionMeta) => ({ description, ...(example === undefined ? {} : { examples: [example] }) });

export function text(meta: TextMeta): z.ZodString {
  const { pattern, maxLength = 1024, literal = false, empty = false, secret = false } = meta;
  const expects =
    meta.expects ?? `${secret ? 'a secret' : 'text'} of ${empty ? 'at most' : '1 to'} ${maxLength.toLocaleString('en')} characters`;
  const matches = (value: string) =>
    (!literal && hasReference(value)) ||
    (value === '' ? empty : value.length <= maxLength && (pattern === undefined || pattern.test(value)));
  return z
    .string()
    .refine(matches)
    .meta({
      ...metadata(meta),
      expects,
      ...(secret ? { secret } : {}),
      ...(pattern === undefined ? {} : { pattern: `${pattern.source}${literal ? '' : '|\\$\\{'}` }),
    });
}

export function integer({ unit, min, max, ...meta }: NumberMeta): z.ZodInt {
  return z
    .int()
    .min(min)
    .max(max)
    .meta({ ...metadata(meta), ...(unit === 'none' ? {} : { unit }) });
}

const WITH_UNIT = '^\\d+(\\.\\d+)? ?[A-Za-z]+$';

/** A time span, as a number of ms or as text with a unit: `10m`. A number once it is validated. Its default is set by `prefault`, or no schema shows it. */
export const milliseconds = (meta: QuantityMeta) => quantity(duration, meta);

/**
 * The same as text only, always with its unit: `5 minutes`. For options whose names do not say what a number would count. It stays text, so that
 * people read it as they wrote it.
 */
export function timeSpan({ min, max, ...meta }: QuantityMeta): z.ZodString {
  const { parse, show } = duration;
  const fits = (given: string) => {
    const ms = parse(given);
    return ms !== undefined && Number.isInteger(ms) && ms >= min && ms <= max;
  };
  const expects = `a duration from ${show(min)} to ${show(max)}, with its unit`;
  return z
    .string()
    .refine(fits)
    .meta({ ...metadata(meta), expects, pattern: WITH_UNIT });
}

/** The same of a size, as a number of bytes or as text such as `16MiB`. */
export const bytes = (meta: QuantityMeta) => quantity(size, meta);

function quantity({ unit, name, example, parse, show }: Quantity, { min, max, ...meta }: QuantityMeta) {
  const value = (given: number | string) => (typeof given === 'number' ? given : parse(given));
  return z
    .union([z.number(), z.string()])
    .transform((given, context): number => {
      const number = value(given);
      if (number !== undefined && Number.isInteger(number) && number >= min && number <= max) return number;
      context.addIssue({ code: 'custom', message: 'Invalid input' });
      return z.NEVER;
    })
    .meta({
      ...metadata(meta),
      unit,
      expects: `${name} from ${show(min)} to ${show(max)} (${example}; a number alone is ${unit})`,
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: WITH_UNIT },
      ],
    });
}

export function flag(meta: OptionMeta): z.ZodBoolean {
  return z.boolean().meta(metadata(meta));
}

export function choice<const T extends readonly [string, ...string[]]>(values: T, meta: OptionMeta) {
  return z.enum(values).meta(metadata(meta));
}

export function list<T extends z.ZodType>(
  item: T,
  { min = 1, max = 10_000, ...meta }: OptionMeta & { readonly min?: number; readonly max?: number },
) {
  return z.array(item).min(min).max(max).meta(metadata(meta));
}

/** A list that may also be one text with commas, so that one reference can stand for all of it. Read it with `asList`. */
export function textList(item: TextMeta) {
  const expects = `a list, or one text separated by commas, of ${item.expects ?? 'text'}`;
  const one = text(item);
  const listed = (value: string) => hasReference(value) || value.split(',').every((part) => one.safeParse(part.trim()).success);
  return z.union([z.string().refine(listed), z.array(one).min(1)]).meta({ ...metadata(item), expects });
}

/** Options under one name; unknown ones are refused. */
export function section<T extends z.core.$ZodLooseShape>(shape: T, meta: OptionMeta): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape).meta(metadata(meta));
}

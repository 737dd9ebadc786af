import type { OptionSchema } from './option-schema.ts';
import { expected } from './wording.ts';

/** One option as people read about it, in the docs and in `describe`. */
export interface OptionDescription {
  /** `source.sasl.password`, of each member of a list `source.maskColumns[].salt`. */
  readonly name: string;
  readonly description: string;
  /** Type and bounds in words. */
  readonly takes: string;
  readonly unit?: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly example?: unknown;
  /** Must be a reference; never shown. */
  readonly secret: boolean;
  /** It holds options of its own, which follow. */
  readonly section: boolean;
}

/** The options of a section, those of inner sections after the section itself. */
export function describeOptions(schema: OptionSchema, prefix = ''): OptionDescription[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, option]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    const { description = '', unit, examples, secret = false } = option;
    const ownDefault = option.default !== undefined && typeof option.default !== 'object' ? { default: option.default } : {};
    const described: OptionDescription = {
      name,
      description,
      takes: expected(option),
      required: schema.required?.includes(key) ?? false,
      secret,
      section: option.properties !== undefined,
      ...ownDefault,
      ...(unit === undefined ? {} : { unit }),
      ...(examples?.[0] === undefined ? {} : { example: examples[0] }),
    };
    return [described, ...describeOptions(option, name), ...describeMembers(option.items, `${name}[]`)];
  });
}

/** Of a list of sections: what one member is, and its options. */
function describeMembers(member: OptionSchema | undefined, name: string): OptionDescription[] {
  if (member?.properties === undefined) return [];
  const { description = '' } = member;
  const itself = { name, description, takes: expected(member), required: false, secret: false, section: true };
  return [itself, ...describeOptions(member, name)];
}

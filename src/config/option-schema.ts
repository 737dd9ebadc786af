import * as z from 'zod';

/** A spec as JSON Schema: what messages, docs and editors are made from. */
export interface OptionSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: OptionSchema;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | OptionSchema;
  readonly anyOf?: readonly OptionSchema[];
  readonly oneOf?: readonly OptionSchema[];
  /** Our own: see TextMeta and NumberMeta. */
  readonly unit?: string;
  readonly expects?: string;
  readonly secret?: boolean;
}

export const optionSchema = (spec: z.ZodType): OptionSchema => z.toJSONSchema(spec, { io: 'input' }) as OptionSchema;

export const alternatives = (schema: OptionSchema): readonly OptionSchema[] => schema.anyOf ?? schema.oneOf ?? [schema];

/** The options that may stand in a section, whichever of its alternatives is chosen. */
export const propertiesOf = (schema: OptionSchema | undefined): Readonly<Record<string, OptionSchema>> =>
  Object.assign({}, ...(schema === undefined ? [] : alternatives(schema)).map(({ properties }) => properties));

/** What the spec says about the option at a path; undefined where it says nothing. */
export function schemaAt(schema: OptionSchema | undefined, path: ReadonlyArray<PropertyKey>): OptionSchema | undefined {
  const [key, ...rest] = path;
  if (key === undefined || schema === undefined) return schema;
  const inner = alternatives(schema).map(({ properties, items, additionalProperties }) => {
    if (properties !== undefined && Object.hasOwn(properties, key)) return properties[String(key)];
    return /^\d+$/.test(String(key)) && items !== undefined
      ? items
      : typeof additionalProperties === 'object'
        ? additionalProperties
        : undefined;
  });
  return schemaAt(
    inner.find((found) => found !== undefined),
    rest,
  );
}

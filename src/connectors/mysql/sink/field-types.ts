/** What a schema says of a field, as Kafka Connect's JSON converter writes it. */
export interface FieldType {
  /** `int32`, `string`, `struct` and others. */
  readonly type: string | undefined;
  /** The semantic type of Kafka Connect or Debezium: `org.apache.kafka.connect.data.Decimal`. */
  readonly name: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

/** By the field's name. */
export type FieldTypes = ReadonlyMap<string, FieldType>;

type Members = Readonly<Record<string, unknown>>;

const NO_TYPES: FieldTypes = new Map();

/** Of the fields of these structs. Of several with one name, the last one's. */
export function typesOf(...schemas: readonly unknown[]): FieldTypes {
  if (schemas.every((schema) => schema === undefined)) return NO_TYPES;
  const fields = schemas.flatMap(fieldsOf);
  return fields.length === 0 ? NO_TYPES : new Map(fields.map((each) => [each.field as string, typeOf(each)]));
}

/** The schema of one field of a struct. */
export const fieldOf = (schema: unknown, name: string): unknown => fieldsOf(schema).find(({ field }) => field === name);

/** Without the packages in front. */
export const shortName = (type: FieldType | undefined): string | undefined => type?.name?.split('.').at(-1);

function fieldsOf(schema: unknown): readonly Members[] {
  if (!isMembers(schema) || !Array.isArray(schema.fields)) return [];
  return schema.fields.filter((field) => isMembers(field) && typeof field.field === 'string');
}

const typeOf = ({ type, name, parameters }: Members): FieldType => ({
  type: typeof type === 'string' ? type : undefined,
  name: typeof name === 'string' ? name : undefined,
  parameters: (isMembers(parameters) ? parameters : {}) as FieldType['parameters'],
});

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null;

import { marshall } from '@aws-sdk/util-dynamodb';

/** Expressions name attributes as `#name`, also nested ones (`#failure.#fatal`), and values as `:name`. */
export interface Expressions {
  readonly update?: string;
  readonly condition?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  /** Names that can't stand in an expression, by placeholder without `#`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** Makes DynamoDB's parameters. Every `#name` stands for the attribute of that name, so reserved words need no care. */
export function expressionInput({ update, condition, values = {}, names = {} }: Expressions) {
  const words = `${update ?? ''} ${condition ?? ''}`.matchAll(/#(\w+)/g);
  const placeholders = [...words].map(([placeholder, word = '']) => [placeholder, names[word] ?? word]);
  const given = Object.entries(values).map(([name, value]) => [`:${name}`, value]);
  return {
    ...(update === undefined ? {} : { UpdateExpression: update }),
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(placeholders.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(placeholders) as Record<string, string> }),
    ...(given.length === 0 ? {} : { ExpressionAttributeValues: marshall(Object.fromEntries(given), { removeUndefinedValues: true }) }),
  };
}

/** The same for a projection to paths such as `planned.taskConfig`. */
export function projectionInput(paths: readonly string[]) {
  const words = new Set(paths.flatMap((path) => path.split('.')));
  return {
    ProjectionExpression: paths.map((path) => `#${path.replaceAll('.', '.#')}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries([...words].map((word) => [`#${word}`, word])),
  };
}

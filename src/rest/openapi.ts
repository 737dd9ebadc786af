import * as z from 'zod';
import type { Route } from './answers/route.ts';
import { type SchemaName, schemas } from './answers/schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = 'application/json';

/** The description of the API, as OpenAPI 3.1. `version` is that of this product. */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths = Map.groupBy(routes, ({ path }) => path.replace(/:(\w+)/g, '{$1}'));
  return {
    openapi: '3.1.0',
    info: {
      title: "RocketMQ Connect, serverless: Kafka Connect's REST API",
      version,
      description: 'docs/rest-api.md says what differs from Kafka Connect.',
    },
    paths: Object.fromEntries(
      [...paths].map(([path, all]) => [path, Object.fromEntries(all.map((route) => [route.method.toLowerCase(), operation(route)]))]),
    ),
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, jsonSchema(schema)])),
      responses: { Error: { description: 'What is wrong', content: { [JSON_TYPE]: { schema: reference('Error') } } } },
    },
  };
}

function operation({ method, path, summary, query = {}, body, answers }: Route): Json {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const inQuery = Object.entries(query).map(([name, description]) => ({ name, in: 'query', description, schema: { type: 'string' } }));
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body !== undefined && { requestBody: { required: true, content: { [JSON_TYPE]: { schema: jsonSchema(body) } } } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, name]) => [status, answer(name)])),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

const answer = (name: SchemaName | undefined): Json =>
  name === undefined ? { description: 'Done' } : { description: 'Done', content: { [JSON_TYPE]: { schema: reference(name) } } };

const reference = (name: SchemaName): Json => ({ $ref: `#/components/schemas/${name}` });

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

import * as z from 'zod';
import type { ConnectorType } from '../api/index.ts';
import { connectorFileSpec } from './parse-connector-file.ts';

type JsonSchema = Record<string, unknown>;

/** JSON Schema (draft 7, which editors know best) of a connector file of any of these types. */
export function connectorFileJsonSchema(types: readonly ConnectorType[]): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Connector file of RocketMQ Connect, serverless',
    type: 'object',
    required: ['type'],
    properties: { type: { description: 'Connector type.', enum: types.map(({ type }) => type) } },
    allOf: types.map((type) => ({
      if: { properties: { type: { const: type.type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: withoutDialect(z.toJSONSchema(connectorFileSpec(type), { io: 'input', target: 'draft-7', override: plain })),
    })),
  };
}

/** Editors know nothing of what is our own. */
function plain({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  for (const own of ['expects', 'unit', 'secret']) delete jsonSchema[own];
}

function withoutDialect({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

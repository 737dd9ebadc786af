import * as z from 'zod';

const text = z.string();
const state = z.enum(['UNASSIGNED', 'RUNNING', 'PAUSED', 'STOPPED', 'FAILED', 'RESTARTING']);

const shownState = {
  state,
  worker_id: text,
  version: text,
  trace: text.optional().meta({ description: 'What is wrong: code, message, remedy.' }),
};

const config = z.record(text, text).meta({ description: 'Options by path, such as `source.topics`; `connector.class` and `tasks.max`.' });

const taskId = z.strictObject({ connector: text, task: z.int() });

const taskState = z.strictObject({ id: z.int(), ...shownState });

const info = z.strictObject({ name: text, config, tasks: z.array(taskId), type: z.enum(['source', 'sink']) });

const status = z.strictObject({
  name: text,
  connector: z.strictObject(shownState),
  tasks: z.array(taskState),
  type: z.enum(['source', 'sink']),
});

const offset = z.strictObject({ partition: z.record(text, z.unknown()), offset: z.record(text, z.unknown()).nullable() });

const definition = z.strictObject({
  name: text,
  type: z.enum(['BOOLEAN', 'INT', 'LONG', 'LIST', 'PASSWORD', 'STRING']),
  required: z.boolean(),
  default_value: text.nullable(),
  importance: z.enum(['HIGH', 'MEDIUM', 'LOW']),
  documentation: text,
  group: text.nullable(),
  width: text,
  display_name: text,
  dependents: z.array(text),
  order: z.int(),
});

const value = z.strictObject({
  name: text,
  value: text.nullable(),
  recommended_values: z.array(text),
  errors: z.array(text),
  visible: z.boolean(),
});

const logger = z.strictObject({ level: text, last_modified: z.int().nullable() });

/** What answers hold. */
export const schemas = {
  Root: z.strictObject({ version: text, commit: text, kafka_cluster_id: text }),
  Health: z.strictObject({ status: z.enum(['healthy', 'unhealthy']), message: text }),
  Names: z.array(text),
  Connectors: z.union([z.array(text), z.record(text, z.strictObject({ status: status.optional(), info: info.optional() }))]),
  Info: info,
  Config: config,
  Status: status,
  Tasks: z.array(z.strictObject({ id: taskId, config })),
  TaskState: taskState,
  Topics: z.record(text, z.strictObject({ topics: z.array(text) })),
  Offsets: z.strictObject({ offsets: z.array(offset) }),
  Message: z.strictObject({ message: text }),
  Plugins: z.array(z.strictObject({ class: text, type: z.enum(['source', 'sink']), version: text })),
  Definitions: z.array(definition),
  Validation: z.strictObject({
    name: text,
    error_count: z.int(),
    groups: z.array(text),
    configs: z.array(z.strictObject({ definition, value })),
  }),
  Loggers: z.record(text, logger),
  Logger: logger,
  OpenApi: z.record(text, z.unknown()),
  Error: z.strictObject({ error_code: z.int(), message: text }),
};

export type SchemaName = keyof typeof schemas;

/** A flat configuration as clients send it: numbers and flags are taken as text. */
export const configBody = z.record(
  text,
  z.union([text, z.number(), z.boolean()]).transform((given) => String(given)),
);

/** `kc validate-config` sends the JSON of the configuration as a text in JSON. */
export const configToValidate = z.union([
  configBody,
  text.transform((given, context): z.output<typeof configBody> => {
    const parsed = configBody.safeParse(jsonOf(given));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'expected options by their names' });
    return z.NEVER;
  }),
]);

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export const configPatch = z.record(
  text,
  z.union([text, z.number(), z.boolean(), z.null()]).transform((given) => (given === null ? null : String(given))),
);

export const newConnector = z.strictObject({
  name: text.optional(),
  config: configBody,
  initial_state: z.enum(['RUNNING', 'PAUSED', 'STOPPED']).nullish(),
});

export const newOffsets = schemas.Offsets;

export const newLevel = z.strictObject({ level: text });

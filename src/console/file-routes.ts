import * as z from 'zod';
import { RestError } from '../rest/answers/rest-error.ts';
import { type Answer, type Call, ok, type Route, route } from '../rest/answers/route.ts';
import { flatOfFile } from '../rest/config/flat-config.ts';
import { answerOf, ask, findConnector } from '../rest/routes/context.ts';
import type { ConfigResult, PlannerRequest, PlanResult, ValidateResult } from '../runtime/planner-api.ts';
import type { Converted, Planned, Refused, ShownFile, Validated } from './answers.ts';
import type { ConsoleContext } from './console-context.ts';
import { fileText } from './file-text.ts';
import { givenFile, type ReadFile, readGiven } from './given-file.ts';
import { problemOf, refused, wrong } from './problems.ts';

const aboutFile = z.strictObject({
  given: givenFile,
  /** The connector that the file is for. Absent for a new one, whose name nobody may have. */
  connector: z.string().optional(),
  /** That of the file that was shown before it was changed. Default: whatever is in force is replaced. */
  revision: z.string().optional(),
});

type AboutFile = z.output<typeof aboutFile>;

/** Connector files: as they are in force, and what they would do. A file that is refused is an answer, and no failure. */
export function fileRoutes(context: ConsoleContext): Route[] {
  const { types, idleMonth } = context;

  /** Reads a file for this connector. */
  const read = async ({ given, connector }: AboutFile): Promise<ReadFile | Refused> => {
    const result = await readGiven(given, types);
    if ('ok' in result) return result;
    const { name } = result.file;
    if (connector !== undefined && name !== connector) {
      return wrong(
        'name',
        `the file names ${JSON.stringify(name ?? null)}, and you are changing ${connector}`,
        `set it to ${connector}, or make a new connector`,
      );
    }
    if (connector === undefined && typeof name === 'string' && (await findConnector(context, name))?.generation) {
      return wrong('name', `connector ${name} exists`, 'choose another name, or change the configuration of that connector');
    }
    return result;
  };

  /** Handles a request about a file, unless the file is refused. */
  const withFile =
    (handle: (given: ReadFile, body: AboutFile) => Promise<Answer>) =>
    async ({ body }: Call<AboutFile>): Promise<Answer> => {
      const given = await read(body);
      return 'ok' in given ? ok(given) : handle(given, body);
    };

  const planned = async (request: PlannerRequest, { file, lineOf }: ReadFile): Promise<Planned> => {
    const response = await answerOf(context, request);
    if (!response.ok) return refused(response.error, lineOf);
    const plan = response.result as PlanResult;
    const { type, trigger } = file as { readonly type: string; readonly trigger?: { readonly timeZone?: string } };
    const tasks = plan.tasks.filter(({ change }) => change !== 'delete').length;
    const { schedule, freshnessMs, idleMs } = plan;
    const times = freshnessMs === undefined || idleMs === undefined ? {} : { freshnessMs, idleMs };
    const month = idleMonth({ type, tasks, schedule, ...times, timeZone: trigger?.timeZone ?? 'UTC' });
    return { ok: true, plan, ...(month !== undefined && { idleMonth: month }) };
  };

  return [
    route({
      method: 'GET',
      path: '/api/connectors/:name/file',
      summary: 'Show the connector file in force, or that of an earlier plan, as YAML; secrets are references',
      query: { generation: 'the number of the plan; default: the one in force', download: '1: as a file' },
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, query }) => {
        const wanted = query.get('generation');
        if (wanted !== null && !/^\d{1,9}$/.test(wanted))
          throw new RestError(400, `generation: ${JSON.stringify(wanted)} is no number of a plan`);
        const generation = wanted === null ? {} : { generation: Number(wanted) };
        // First: a change between the two answers is refused then, and not undone.
        const revision = wanted === null ? (await findConnector(context, name))?.revision : undefined;
        const config = await ask<ConfigResult>(context, { action: 'config', connector: name, ...generation });
        const yaml = fileText(config.file);
        if (query.get('download') === null) {
          return ok({ generation: config.generation, yaml, ...(revision !== undefined && { revision }) } satisfies ShownFile);
        }
        const headers = { 'content-disposition': `attachment; filename="${config.connector}.yml"` };
        return { status: 200, headers, text: { type: 'application/yaml; charset=utf-8', content: yaml } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/validate',
      summary: 'Say what is wrong with a connector file; no system is reached',
      body: aboutFile,
      answers: { 200: undefined },
      handle: withFile(async (given) => {
        const response = await answerOf(context, { action: 'validate', file: given.file });
        if (!response.ok) return ok(refused(response.error, given.lineOf));
        const { findings } = response.result as ValidateResult;
        return ok({ ok: true, warnings: findings.map((each) => problemOf(each, given.lineOf)) } satisfies Validated);
      }),
    }),
    route({
      method: 'POST',
      path: '/api/plan',
      summary: 'Say what a connector file would change; nothing is written',
      body: aboutFile,
      answers: { 200: undefined },
      handle: withFile(async (given) => ok(await planned({ action: 'plan', file: given.file }, given))),
    }),
    route({
      method: 'POST',
      path: '/api/apply',
      summary: 'Put a connector file in force',
      body: aboutFile,
      answers: { 200: undefined },
      handle: withFile(async (given, body) => {
        const text = 'config' in body.given ? { given: { ...body.given.config, name: String(given.file.name) } } : {};
        const create = body.connector === undefined ? { create: true } : {};
        const revision = body.revision === undefined ? {} : { revision: body.revision };
        return ok(await planned({ action: 'apply', file: given.file, ...text, ...create, ...revision }, given));
      }),
    }),
    route({
      method: 'POST',
      path: '/api/convert',
      summary: 'Show a connector file as a form and as YAML',
      body: givenFile,
      answers: { 200: undefined },
      handle: async ({ body }) => {
        const given = await readGiven(body, types);
        if ('ok' in given) return ok(given);
        return ok({ ok: true, config: flatOfFile(given.file), yaml: fileText(given.file) } satisfies Converted);
      },
    }),
    route({
      method: 'POST',
      path: '/api/connectors/:name/rollback',
      summary: 'Put the file of an earlier plan in force again, or with dryRun say what that would change',
      body: z.strictObject({ generation: z.int(), dryRun: z.boolean().default(false), revision: z.string().exactOptional() }),
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, body }) => {
        const response = await answerOf(context, { action: 'rollback', connector: name, ...body });
        if (!response.ok) return ok(refused(response.error, () => undefined));
        return ok({ ok: true, plan: response.result as PlanResult } satisfies Planned);
      },
    }),
  ];
}

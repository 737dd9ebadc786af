import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannerRequest } from '../../runtime/planner-api.ts';
import { RestError } from '../answers/rest-error.ts';
import { type Answer, empty, ok, type Route, route } from '../answers/route.ts';
import { configBody, configPatch, newConnector } from '../answers/schemas.ts';
import { shownStatus } from '../answers/states.ts';
import { fileOfConfig } from '../config/file-of-config.ts';
import type { FlatConfig } from '../config/flat-config.ts';
import { allConnectors, ask, type Context, configOf, connectorNamed, findConnector, shownInfo } from './context.ts';

type ApplyOptions = Pick<Extract<PlannerRequest, { action: 'apply' }>, 'create' | 'initialState' | 'revision'>;

/** A patch is made anew so often where others change the connector meanwhile. */
const PATCH_TRIES = 10;
/** Before each further try, at most: two that go on at the same time would be in each other's way again. */
const PATCH_PAUSE_MS = 1_500;

/** Connectors: list, create, configure, delete. */
export function connectorRoutes(context: Context): Route[] {
  /** Puts a configuration in force, and answers what is in force then. */
  const put = async (name: string, given: FlatConfig, more: ApplyOptions = {}) => {
    if (given.name !== undefined && given.name !== name) {
      throw new RestError(400, `name: the configuration is that of ${JSON.stringify(given.name)}, and not of ${JSON.stringify(name)}`);
    }
    const config = { ...given, name };
    await ask(context, { action: 'apply', file: await fileOfConfig(config, context.types), given: config, ...more });
    return shownInfo(await connectorNamed(context, name));
  };
  /** Two clients may change an option each at the same time: the second change is made to what the first has left. */
  const patch = async (name: string, changes: Readonly<Record<string, string | null>>, triesLeft = PATCH_TRIES) => {
    const connector = await connectorNamed(context, name);
    const merged = Object.entries({ ...configOf(connector), ...changes });
    const config = Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
    try {
      return await put(name, config, { revision: connector.revision });
    } catch (error) {
      if (!(error instanceof RestError && error.status === 409) || triesLeft <= 1) throw error;
      await sleep(Math.random() * PATCH_PAUSE_MS);
      return patch(name, changes, triesLeft - 1);
    }
  };
  const created = (info: ReturnType<typeof shownInfo>): Answer => ({
    status: 201,
    body: info,
    location: `/connectors/${encodeURIComponent(info.name)}`,
  });

  return [
    route({
      method: 'GET',
      path: '/connectors',
      summary: 'List connectors',
      query: { expand: '`status` or `info`, or both by naming it twice: shows that of each connector' },
      answers: { 200: 'Connectors' },
      handle: async ({ query }) => {
        const wanted = query.getAll('expand');
        const connectors = await allConnectors(context);
        if (wanted.length === 0) return ok(connectors.map(({ name }) => name));
        const expanded = connectors.map((connector) => [
          connector.name,
          {
            ...(wanted.includes('status') && { status: shownStatus(connector, context.worker) }),
            ...(wanted.includes('info') && { info: shownInfo(connector) }),
          },
        ]);
        return ok(Object.fromEntries(expanded));
      },
    }),
    route({
      method: 'POST',
      path: '/connectors',
      summary: 'Create a connector; 409 where it exists',
      body: newConnector,
      answers: { 201: 'Info' },
      handle: async ({ body: { name, config, initial_state } }) => {
        if (name === undefined) throw new RestError(400, 'name: missing; set it to a name');
        const refuseTaken = async () => {
          if ((await findConnector(context, name))?.generation) throw new RestError(409, `connector ${name} already exists`);
        };
        await refuseTaken();
        const info = put(name, config, { create: true, ...(initial_state && { initialState: initial_state }) });
        // Somebody else may have been faster.
        return created(
          await info.catch(async (error: unknown) => {
            await refuseTaken();
            throw error;
          }),
        );
      },
    }),
    route({
      method: 'GET',
      path: '/connectors/:name',
      summary: 'Show a connector',
      answers: { 200: 'Info' },
      handle: async ({ params: { name = '' } }) => ok(shownInfo(await connectorNamed(context, name))),
    }),
    route({
      method: 'DELETE',
      path: '/connectors/:name',
      summary: 'Delete a connector with its tasks and positions; what it copied stays',
      answers: { 204: undefined },
      handle: async ({ params: { name = '' } }) => {
        await ask(context, { action: 'delete', connector: name });
        return empty(204);
      },
    }),
    route({
      method: 'GET',
      path: '/connectors/:name/config',
      summary: 'Show the configuration as it was given; secrets are references',
      answers: { 200: 'Config' },
      handle: async ({ params: { name = '' } }) => ok(configOf(await connectorNamed(context, name))),
    }),
    route({
      method: 'PUT',
      path: '/connectors/:name/config',
      summary: 'Create or change a connector; can be repeated',
      body: configBody,
      answers: { 200: 'Info', 201: 'Info' },
      handle: async ({ params: { name = '' }, body }) => {
        const before = await findConnector(context, name);
        const info = await put(name, body);
        return before?.generation ? ok(info) : created(info);
      },
    }),
    route({
      method: 'PATCH',
      path: '/connectors/:name/config',
      summary: 'Change some options; null removes one',
      body: configPatch,
      answers: { 200: 'Info' },
      handle: async ({ params: { name = '' }, body }) => ok(await patch(name, body)),
    }),
    route({
      method: 'GET',
      path: '/connectors/:name/status',
      summary: 'Show the state of a connector and its tasks',
      answers: { 200: 'Status' },
      handle: async ({ params: { name = '' } }) => ok(shownStatus(await connectorNamed(context, name), context.worker)),
    }),
    route({
      method: 'GET',
      path: '/connectors/:name/topics',
      summary: 'List the topics of RocketMQ that the configuration names',
      answers: { 200: 'Topics' },
      handle: async ({ params: { name = '' } }) => {
        const { rocketmq } = ((await findConnector(context, name))?.file ?? {}) as { rocketmq?: { topic?: string; topics?: unknown } };
        const several = typeof rocketmq?.topics === 'string' ? rocketmq.topics.split(',') : (rocketmq?.topics ?? []);
        const topics = [...(rocketmq?.topic === undefined ? [] : [rocketmq.topic]), ...(several as string[])];
        return ok({ [name]: { topics } });
      },
    }),
    route({
      method: 'PUT',
      path: '/connectors/:name/topics/reset',
      summary: 'Changes nothing: the topics are those of the configuration',
      answers: { 202: undefined },
      handle: async () => empty(202),
    }),
  ];
}

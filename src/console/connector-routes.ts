import * as z from 'zod';
import { connectorCosts } from '../cost/connector-costs.ts';
import { costOf } from '../cost/cost.ts';
import { DAY_MS } from '../cost/looks.ts';
import { notFound, RestError } from '../rest/answers/rest-error.ts';
import { ok, type Route, route } from '../rest/answers/route.ts';
import { ask, stoppedConnector } from '../rest/routes/context.ts';
import type { AlterOffsetsResult, HistoryResult, OffsetsResult, RunsResult, StatusResult, UsageResult } from '../runtime/planner-api.ts';
import type { Altered, CostAnswer, History, Runs, ShownConnector, Started } from './answers.ts';
import type { ConsoleContext } from './console-context.ts';

const MOST_RUNS = 1_000;
const MOST_CHANGES = 200;
const MOST_DAYS = 365;

/** One connector: its state, what it did, and what people do with it that Kafka Connect's API lacks. */
export function connectorRoutes(context: ConsoleContext): Route[] {
  const { types, prices, startTasks } = context;
  return [
    route({
      method: 'GET',
      path: '/api/connectors/:name',
      summary: 'Show a connector and its tasks: states, reasons, positions, lag, last runs, failures',
      answers: { 200: undefined },
      handle: async ({ params: { name = '' } }) => {
        const status = await known<StatusResult>(ask(context, { action: 'status', connector: name }));
        const direction = (await types[status.type]?.())?.direction;
        return ok({ at: Date.now(), ...status, ...(direction && { direction }) } satisfies ShownConnector);
      },
    }),
    route({
      method: 'GET',
      path: '/api/connectors/:name/runs',
      summary: 'List the last runs that copied something or failed, with what they cost',
      query: { limit: `how many, 1 to ${MOST_RUNS}; default 200` },
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, query }) => {
        const limit = wholeNumber(query, 'limit', 200, MOST_RUNS);
        const { runs } = await known<RunsResult>(ask(context, { action: 'runs', connector: name, limit }));
        const priced = runs.map(({ total: _, ...run }) => {
          const { usage, memoryMb } = run;
          return usage === undefined ? run : { ...run, dollars: costOf({ usage, memoryMb }, prices.prices).dollars };
        });
        return ok({ runs: priced } satisfies Runs);
      },
    }),
    route({
      method: 'GET',
      path: '/api/connectors/:name/history',
      summary: 'List the changes of a connector: who made them, when, and what differs',
      query: { limit: `how many, 1 to ${MOST_CHANGES}; default 50` },
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, query }) => {
        const limit = wholeNumber(query, 'limit', 50, MOST_CHANGES);
        const { changes } = await ask<HistoryResult>(context, { action: 'history', connector: name, limit });
        return ok({ changes } satisfies History);
      },
    }),
    route({
      method: 'GET',
      path: '/api/connectors/:name/cost',
      summary: 'Say what the runs of a connector cost, part by part, at list prices',
      query: { days: `of how many days, 1 to ${MOST_DAYS}; default 30` },
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, query }) => {
        const days = wholeNumber(query, 'days', 30, MOST_DAYS);
        const since = Date.now() - days * DAY_MS;
        const used = await known<UsageResult>(ask(context, { action: 'usage', connector: name, since }));
        const [cost] = connectorCosts([used], prices.prices);
        if (cost === undefined) throw notFound(`no connector ${JSON.stringify(name)}`);
        return ok({ days, region: prices.region, cost } satisfies CostAnswer);
      },
    }),
    route({
      method: 'POST',
      path: '/api/connectors/:name/run',
      summary: 'Start all tasks now; those that wait after a failure try at once',
      answers: { 202: undefined },
      handle: async ({ params: { name = '' } }) => ({ status: 202, body: (await startTasks(name)) satisfies Started }),
    }),
    route({
      method: 'POST',
      path: '/api/connectors/:name/snapshot',
      summary: 'Copy all rows of these tables once more',
      body: z.strictObject({ tables: z.array(z.string()).min(1) }),
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, body: { tables } }) =>
        ok(await ask(context, { action: 'snapshot', connector: name, tables })),
    }),
    route({
      method: 'GET',
      path: '/api/connectors/:name/offsets',
      summary: 'Show where each partition is, and ask the system how many records are behind that',
      answers: { 200: undefined },
      handle: async ({ params: { name = '' } }) =>
        ok(await known<OffsetsResult>(ask(context, { action: 'offsets', connector: name, lag: true }))),
    }),
    route({
      method: 'PATCH',
      path: '/api/connectors/:name/offsets',
      summary: 'Set positions by partition; null lets one start over, and no list lets all. The connector must be stopped',
      body: z.strictObject({ offsets: z.record(z.string(), z.string().nullable()).optional() }),
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, body: { offsets } }) => {
        await stoppedConnector(context, name);
        const request = { action: 'alter-offsets', connector: name, ...(offsets && { offsets }) } as const;
        return ok((await ask<AlterOffsetsResult>(context, request)) satisfies Altered);
      },
    }),
  ];
}

/** What the planner says of a connector by name. Others are gone: 404. */
async function known<R>(answer: Promise<R>): Promise<R> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RestError && error.status === 400 && error.message.startsWith('no connector ')) throw notFound(error.message);
    throw error;
  }
}

function wholeNumber(query: URLSearchParams, name: string, without: number, most: number): number {
  const text = query.get(name);
  if (text === null) return without;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw new RestError(400, `${name} must be 1 to ${most}, and is ${JSON.stringify(text)}`);
}

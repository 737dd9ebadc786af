import { toConnectError } from '../../api/index.ts';
import { LEVELS } from '../answers/log-level.ts';
import { notFound, RestError } from '../answers/rest-error.ts';
import { empty, ok, type Route, route } from '../answers/route.ts';
import { newLevel } from '../answers/schemas.ts';
import { ask, type Context } from './context.ts';

/** Clients read the version of Kafka Connect, and use what that version has. */
const SPEAKS = '4.1.1';
/** One request to the table finds out whether all is well, whether or not there is a connector of this name. */
const ANY_NAME = 'health';
const ROOT = 'root';

/** The server itself: version, health, how much it logs. */
export function serverRoutes(context: Context): Route[] {
  const { worker, cluster, logLevel, home } = context;
  const onlyRoot = (name: string): void => {
    if (name !== ROOT) throw notFound(`there is no logger ${JSON.stringify(name)}; the only one is ${ROOT}`);
  };

  return [
    route({
      method: 'GET',
      path: '/',
      summary: 'Show the version of Kafka Connect whose API this is, and behind it the version of this product',
      answers: { 200: 'Root' },
      handle: async ({ accept }) => {
        // Clients of Kafka Connect ask for JSON, or for anything.
        if (home !== undefined && accept.includes('text/html')) return { status: 302, location: home };
        return ok({ version: `${SPEAKS}-rocketmq-connect-${worker.version}`, commit: worker.version, kafka_cluster_id: cluster });
      },
    }),
    route({
      method: 'GET',
      path: '/health',
      summary: 'Say whether the planner and its table answer; 500 where they do not',
      answers: { 200: 'Health' },
      handle: async () => {
        try {
          await ask(context, { action: 'overview', connector: ANY_NAME });
          return ok({ status: 'healthy', message: 'the planner and its table answer' });
        } catch (error) {
          return { status: 500, body: { status: 'unhealthy', message: toConnectError(error).message } };
        }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/loggers',
      summary: 'Show how much this process logs; functions have levels of their own',
      answers: { 200: 'Loggers' },
      handle: async () => ok({ [ROOT]: logLevel.shown }),
    }),
    route({
      method: 'GET',
      path: '/admin/loggers/:logger',
      summary: 'Show the level of the only logger, root',
      answers: { 200: 'Logger' },
      handle: async ({ params: { logger = '' } }) => {
        onlyRoot(logger);
        return ok(logLevel.shown);
      },
    }),
    route({
      method: 'PUT',
      path: '/admin/loggers/:logger',
      summary: 'Set the level of the only logger, root',
      query: { scope: 'worker or cluster, which is the same here' },
      body: newLevel,
      answers: { 200: 'Names', 204: undefined },
      handle: async ({ params: { logger = '' }, query, body: { level } }) => {
        onlyRoot(logger);
        if (!logLevel.set(level)) throw new RestError(404, `level: ${JSON.stringify(level)} is none; use one of ${LEVELS.join(', ')}`);
        return query.get('scope') === 'cluster' ? empty(204) : ok([ROOT]);
      },
    }),
  ];
}

import type { Route } from '../answers/route.ts';
import { connectorRoutes } from './connectors.ts';
import type { Context } from './context.ts';
import { lifecycleRoutes } from './lifecycle.ts';
import { offsetRoutes } from './offsets.ts';
import { pluginRoutes } from './plugins.ts';
import { serverRoutes } from './server.ts';
import { taskRoutes } from './tasks.ts';

/** All endpoints, in the order in which the description of the API has them. */
export const routes = (context: Context): Route[] => [
  ...serverRoutes(context),
  ...connectorRoutes(context),
  ...lifecycleRoutes(context),
  ...taskRoutes(context),
  ...offsetRoutes(context),
  ...pluginRoutes(context),
];

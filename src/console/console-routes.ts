import type { Route } from '../rest/answers/route.ts';
import { connectorRoutes } from './connector-routes.ts';
import type { ConsoleContext } from './console-context.ts';
import { fileRoutes } from './file-routes.ts';
import { letterRoutes } from './letter-routes.ts';
import { listRoutes } from './list-routes.ts';
import { pageRoutes } from './page-routes.ts';

/** The address at which browsers find the console. */
export const CONSOLE = '/console/';

/** The console: its page, and of what that shows all that Kafka Connect's API lacks. */
export const consoleRoutes = (context: ConsoleContext): Route[] => [
  ...pageRoutes(context),
  ...listRoutes(context),
  ...connectorRoutes(context),
  ...fileRoutes(context),
  ...letterRoutes(context),
];

import { packagedTemplate } from './packaged-template.ts';
import { roleHandler } from './role-handler.ts';
import { type Resolution, roleStatements } from './role-statements.ts';

export type RoleName = 'TaskRole' | 'PlannerRole' | 'WatchRole';

/** The roles of the functions as they are packaged, for clients of a test. */
export interface PackagedRoles {
  /** What was refused so far: `TaskRole dynamodb:Scan on resource: arn:...`. */
  readonly refused: readonly string[];
  /** `requestHandler` of an AWS client that may do what the role may. */
  handler(role: RoleName): ReturnType<typeof roleHandler>;
}

/** `resolution`: the names that the test's own table, queue and schedule group have. */
export async function packagedRoles(resolution: Resolution): Promise<PackagedRoles> {
  const template = await packagedTemplate();
  const refused: string[] = [];
  return { refused, handler: (role) => roleHandler(role, roleStatements(template, role, resolution), refused) };
}

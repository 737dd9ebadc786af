import { RabbitmqManagement } from '../../infra/local/rabbitmq-management.ts';
import { uniqueName } from './names.ts';
import { stackAddresses } from './stack.ts';

export interface RabbitmqReader {
  readonly username: string;
  readonly password: string;
  /** Closes all its connections, as an administrator does. */
  disconnect(): Promise<void>;
  remove(): Promise<void>;
}

/** A new user who may read only what `pattern` matches, and neither make nor write anything. */
export const createRabbitmqReader = (pattern: string): Promise<RabbitmqReader> => createUser({ read: pattern, write: '' });

/** The same who may only write. The default exchange is `amq.default`. */
export const createRabbitmqWriter = (pattern: string): Promise<RabbitmqReader> => createUser({ read: '', write: pattern });

async function createUser({ read, write }: { readonly read: string; readonly write: string }): Promise<RabbitmqReader> {
  const management = new RabbitmqManagement(await stackAddresses());
  const username = uniqueName('user');
  const password = `${username}-secret`;
  await management.put(`/users/${username}`, { password, tags: '' });
  await management.put(`/permissions/%2f/${username}`, { configure: '', write, read });
  return {
    username,
    password,
    disconnect: () => management.delete(`/connections/username/${username}`),
    remove: () => management.delete(`/users/${username}`),
  };
}

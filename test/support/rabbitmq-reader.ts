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
export async function createRabbitmqReader(pattern: string): Promise<RabbitmqReader> {
  const management = new RabbitmqManagement(await stackAddresses());
  const username = uniqueName('reader');
  const password = `${username}-secret`;
  await management.put(`/users/${username}`, { password, tags: '' });
  await management.put(`/permissions/%2f/${username}`, { configure: '', write: '', read: pattern });
  return {
    username,
    password,
    disconnect: () => management.delete(`/connections/username/${username}`),
    remove: () => management.delete(`/users/${username}`),
  };
}

import { stackAddresses } from '../../support/stack.ts';
import type { SecuredConfig } from './source-harness.ts';

/** The same by the stack's user, with a reference to the password. */
export async function byActivemqUser(config: object): Promise<SecuredConfig> {
  const { activemqUsername: username, activemqPassword } = await stackAddresses();
  const password = '${env:CONTRACT_ACTIVEMQ_PASSWORD}';
  return { config: { ...config, username, password }, secrets: { CONTRACT_ACTIVEMQ_PASSWORD: activemqPassword } };
}

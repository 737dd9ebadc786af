import { ConnectError, type Connector, type ConnectorContext, type ConnectorType } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { ResolveSecrets } from './contracts.ts';

export interface ConnectorDeps extends Pick<ConnectorContext, 'clients' | 'logger'> {
  readonly connectorTypes: Readonly<Record<string, () => Promise<ConnectorType>>>;
  readonly resolveSecrets: ResolveSecrets;
}

/**
 * Makes the connector of a spec, with secrets resolved. Whoever makes it also stops it. Throws CONFIG_INVALID for a type that is unknown or
 * options that are not valid any more, and SECRET_UNRESOLVED.
 */
export async function createConnector(
  spec: ConnectorSpec,
  { connectorTypes, resolveSecrets, clients, logger }: ConnectorDeps,
  context: Pick<ConnectorContext, 'signal' | 'schedule' | 'topics'>,
): Promise<Connector> {
  const type = await connectorTypes[spec.type]?.();
  if (type === undefined) throw new ConnectError('CONFIG_INVALID', `type: ${spec.type} is not a connector type of this build`);
  const section = type.direction;
  const resolved = (await resolveSecrets({ [section]: spec.system }))[section];
  const parsed = type.config.safeParse(resolved);
  if (!parsed.success) {
    // The spec was valid when it was applied, so what a reference stands for has changed. Its value must not be shown.
    const [issue] = parsed.error.issues;
    throw new ConnectError('CONFIG_INVALID', `${[section, ...(issue?.path ?? [])].join('.')}: what its reference stands for is not valid`, {
      remedy: 'correct the environment variable, secret or parameter that it names',
    });
  }
  return type.create(parsed.data, { connector: spec.name, logger, clients, ...context });
}

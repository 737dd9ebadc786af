import type { ConnectorType } from '../../api/index.ts';
import { optionSchema } from '../../config/option-schema.ts';
import { type ConnectorTypes, connectorFileSpec } from '../../config/parse-connector-file.ts';
import { didYouMean } from '../../kit/index.ts';
import { notFound, RestError } from '../answers/rest-error.ts';
import { type FlatConfig, fileOfFlat } from './flat-config.ts';

/** Returns the connector file of a configuration, not validated. Throws 400 where its class is missing or unknown. */
export async function fileOfConfig(config: FlatConfig, types: ConnectorTypes): Promise<Record<string, unknown>> {
  const name = config['connector.class'];
  if (name === undefined) {
    throw new RestError(400, `connector.class: missing; set it to one of ${Object.keys(types).join(', ')}`);
  }
  const type = await typeNamed(name, types, (message) => new RestError(400, `connector.class: ${message}`));
  return fileOfFlat(config, optionSchema(connectorFileSpec(type)));
}

/** Returns a connector type. Throws 404. */
export const pluginOf = (name: string, types: ConnectorTypes): Promise<ConnectorType> => typeNamed(name, types, notFound);

async function typeNamed(name: string, types: ConnectorTypes, refusal: (message: string) => RestError): Promise<ConnectorType> {
  const type = Object.hasOwn(types, name) ? await types[name]?.() : undefined;
  if (type === undefined) throw refusal(`there is no connector type ${JSON.stringify(name)}; ${hint(name, types)}`);
  return type;
}

function hint(name: string, types: ConnectorTypes): string {
  const near = didYouMean(name, Object.keys(types));
  return near === undefined ? `known are ${Object.keys(types).join(', ')}` : `did you mean ${near}?`;
}

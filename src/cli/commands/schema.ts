import { connectorFileJsonSchema } from '../../config/json-schema.ts';
import { connectorTypes } from '../../connectors/registry.ts';
import { EXIT } from '../exit-code.ts';
import type { CommandRun } from '../program.ts';

export const run: CommandRun = async (_, __, output) => {
  output.json(connectorFileJsonSchema(await Promise.all(Object.values(connectorTypes).map((load) => load()))));
  return EXIT.ok;
};

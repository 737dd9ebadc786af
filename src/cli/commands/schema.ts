import { connectorFileJsonSchema } from '../../config/json-schema.ts';
import { projectRegistry } from '../project/registry.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { EXIT } from '../terminal/exit-code.ts';

export const run: CommandRun = async (_, __, output) => {
  const { connectorTypes } = await projectRegistry();
  output.json(connectorFileJsonSchema(await Promise.all(Object.values(connectorTypes).map((load) => load()))));
  return EXIT.ok;
};

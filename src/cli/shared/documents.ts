import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { parseConnectorFile } from '../../config/parse-connector-file.ts';
import { type ConnectorDocument, readConnectorDocuments } from '../../config/yaml-files.ts';
import { projectRegistry } from '../project/registry.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import { inTurn } from './in-turn.ts';

export interface ValidDocument {
  readonly document: ConnectorDocument;
  readonly spec: ConnectorSpec;
}

/**
 * Reads and validates files. Reports every error in them. If there is one, it returns undefined, so that no command does half of its work.
 * Commands call it before they open a target: a wrong file stays wrong where the table is away, too. Throws CONFIG_INVALID if a file is missing.
 */
export async function readValidDocuments(names: readonly string[], output: Output): Promise<ValidDocument[] | undefined> {
  const valid: ValidDocument[] = [];
  const { connectorTypes } = await projectRegistry();
  const parse = async (document: ConnectorDocument) => {
    valid.push({ document, spec: await parseConnectorFile(document.data, connectorTypes) });
  };
  const code = await inTurn(await readConnectorDocuments(names), output, parse, (document) => ({ document, connector: nameIn(document) }));
  return code === EXIT.ok ? valid : undefined;
}

function nameIn({ data }: ConnectorDocument): string | undefined {
  const name = (data as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

/** Does `work` for each document, and reports failures with their places in the files. Returns the exit code. */
export const forEachDocument = (
  documents: readonly ValidDocument[],
  output: Output,
  work: (valid: ValidDocument) => Promise<void>,
): Promise<number> => inTurn(documents, output, work, ({ document, spec }) => ({ document, connector: spec.name }));

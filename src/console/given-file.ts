import * as z from 'zod';
import type { ConnectorTypes } from '../config/parse-connector-file.ts';
import { parseDocuments } from '../config/yaml-files.ts';
import { RestError } from '../rest/answers/rest-error.ts';
import { configBody } from '../rest/answers/schemas.ts';
import { fileOfConfig } from '../rest/config/file-of-config.ts';
import type { Refused } from './answers.ts';
import { isFileError, type LineOf, lineOfPlace, unreadable, wrong } from './problems.ts';

/** A connector file as a person writes it: as YAML, or as a form of flat options. */
export const givenFile = z.union([z.strictObject({ yaml: z.string() }), z.strictObject({ config: configBody })]);

export type GivenFile = z.output<typeof givenFile>;

export interface ReadFile {
  /** Parsed, not yet validated. */
  readonly file: Readonly<Record<string, unknown>>;
  readonly lineOf: LineOf;
}

/** Reads what was given. Returns what is wrong with it where it is no connector file. */
export async function readGiven(given: GivenFile, types: ConnectorTypes): Promise<ReadFile | Refused> {
  if ('config' in given) {
    try {
      const file = await fileOfConfig(given.config, types);
      const type = await types[String(file.type)]?.();
      // An empty form lacks options, and not sections: a form has none.
      const sections = Object.fromEntries([type?.direction ?? 'source', 'rocketmq'].map((name) => [name, file[name] ?? {}]));
      return { file: { ...file, ...sections }, lineOf: () => undefined };
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      const [, option = '', message = error.message, remedy = ''] = /^(\S+): (.*); (.*)$/s.exec(error.message) ?? [];
      return wrong(option, message, remedy);
    }
  }
  try {
    const documents = parseDocuments('file', given.yaml);
    const [first] = documents;
    if (first === undefined || documents.length > 1)
      return wrong('', 'there are several connectors', 'write one, and add the others each by itself');
    if (typeof first.data !== 'object' || first.data === null || Array.isArray(first.data)) {
      return wrong('', 'this is no connector file', 'write options, such as `name: orders`, one a line');
    }
    return { file: first.data as ReadFile['file'], lineOf: (option) => lineOfPlace(first.locate(option)) };
  } catch (error) {
    if (isFileError(error)) return unreadable(error);
    throw error;
  }
}

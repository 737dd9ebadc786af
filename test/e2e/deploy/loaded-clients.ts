import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionProcess, InvocationResult } from './function-process.ts';

/** A text that is in the code of this client and in no other, and that minifying leaves as it is. */
const MARKS = { '@platformatic/kafka': 'PLT_KFK_', amqplib: 'IllegalOperationError', rhea: 'max_frame_size' };

/** Clients of source systems that a function has loaded up to the end of an invocation, by npm name. */
export async function loadedClients({ folder }: FunctionProcess, { loaded = [] }: InvocationResult): Promise<string[]> {
  const files = await Promise.all(loaded.map((file) => readFile(path.join(folder, file), 'utf8')));
  return Object.entries(MARKS)
    .filter(([, mark]) => files.some((code) => code.includes(mark)))
    .map(([client]) => client);
}

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StackError } from './stack-error.ts';

export interface StackOptions {
  /** Names from the registry. The default is RocketMQ, Kafka and DynamoDB Local. */
  readonly servers?: readonly string[];
  /** The number to add to every port. The default is the environment's STACK_PORT_OFFSET, then the last one of this folder, then 0. */
  readonly portOffset?: number;
  /** The folder for configuration, data, logs and process ids. The default is the environment's STACK_DIR, then `.stack` in the project. */
  readonly dataDir?: string;
  readonly onProgress?: (line: string) => void;
  /** If this is aborted, the call stops what it started. */
  readonly signal?: AbortSignal;
}

const project = fileURLToPath(new URL('../../../', import.meta.url));

export const dataDirOf = (options: StackOptions): string =>
  options.dataDir === undefined ? resolve(project, process.env.STACK_DIR ?? '.stack') : resolve(options.dataDir);

/** The folder for the jars, which all stacks share: the environment's STACK_LIB_DIR, or `.stack/lib` in the project. */
export const libDir = (): string => resolve(project, process.env.STACK_LIB_DIR ?? '.stack/lib');

/** Returns undefined if neither the caller nor the environment sets one. */
export function portOffsetOf(options: StackOptions): number | undefined {
  return options.portOffset ?? numberFrom('STACK_PORT_OFFSET', 0);
}

export function heapMb(name: string, defaultMb: number): number {
  return numberFrom(`STACK_${name}_HEAP_MB`, 16) ?? defaultMb;
}

function numberFrom(variable: string, least: number): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new StackError(`${variable} is ${text}`, `set it to a whole number of at least ${least}`);
  return value;
}

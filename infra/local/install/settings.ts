import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StackError } from './stack-error.ts';

export interface StackOptions {
  /** Names from the registry; default RocketMQ, Kafka and DynamoDB Local. */
  readonly servers?: readonly string[];
  /** Added to every port; default the environment's STACK_PORT_OFFSET, else what this folder had last, else 0. */
  readonly portOffset?: number;
  /** Configuration, data, logs and process ids; default the environment's STACK_DIR, else `.stack` in the project. */
  readonly dataDir?: string;
  readonly onProgress?: (line: string) => void;
  /** Aborted: what this call started is stopped again. */
  readonly signal?: AbortSignal;
}

const project = fileURLToPath(new URL('../../../', import.meta.url));

export const dataDirOf = (options: StackOptions): string =>
  options.dataDir === undefined ? resolve(project, process.env.STACK_DIR ?? '.stack') : resolve(options.dataDir);

/** The jars, shared by all stacks: the environment's STACK_LIB_DIR, else `.stack/lib` in the project. */
export const libDir = (): string => resolve(project, process.env.STACK_LIB_DIR ?? '.stack/lib');

/** Undefined where neither the caller nor the environment says one. */
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

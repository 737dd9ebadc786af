import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { ConnectError } from '../../api/index.ts';
import type { Flags } from './options.ts';

/** The form that `offsets get --json` prints. A partition without a position was never read. */
const fileOfOffsets = z.object({ offsets: z.array(z.object({ partition: z.string(), position: z.string().optional() })).min(1) });

/** Positions by partition, as `--set` and `--file` have them; null lets a partition start over. */
export async function offsetsOf(flags: Flags): Promise<Readonly<Record<string, string | null>>> {
  const { set, file } = flags as { readonly set?: readonly string[]; readonly file?: string };
  if ((set === undefined) === (file === undefined)) {
    throw new ConnectError('CONFIG_INVALID', 'offsets alter: say which positions to set', { remedy: 'pass either --set or --file' });
  }
  return file === undefined ? assignments(set as readonly string[]) : fromFile(file);
}

function assignments(texts: readonly string[]): Readonly<Record<string, string>> {
  const positions = new Map<string, string>();
  for (const [partition, position] of texts.map(assignment)) {
    if (positions.has(partition)) {
      throw new ConnectError('CONFIG_INVALID', `--set names partition ${partition} twice`, { remedy: 'name each once' });
    }
    positions.set(partition, position);
  }
  return Object.fromEntries(positions);
}

/** A partition may have `=` in its name, a position has none. */
function assignment(text: string): readonly [string, string] {
  const [, partition, position] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
  if (partition !== undefined && position !== undefined) return [partition, position];
  throw new ConnectError('CONFIG_INVALID', `--set ${JSON.stringify(text)} is no partition with a position`, {
    remedy: "write it as 'flights-0=4711'",
  });
}

async function fromFile(file: string): Promise<Readonly<Record<string, string | null>>> {
  const remedy = 'name a file that `rocketmq-connect offsets get NAME --json` printed';
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ConnectError('CONFIG_INVALID', `--file ${file} can't be read as JSON: ${(error as Error).message}`, { remedy, cause: error });
  }
  const parsed = fileOfOffsets.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConnectError('CONFIG_INVALID', `--file ${file}: ${issue?.path.join('.') || 'its content'}: ${issue?.message}`, { remedy });
  }
  return Object.fromEntries(parsed.data.offsets.map(({ partition, position = null }) => [partition, position]));
}

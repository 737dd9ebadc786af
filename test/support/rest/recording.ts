import { readFileSync } from 'node:fs';

/** One answer of Kafka Connect 4.1.1. */
export interface Recorded {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  /** What the request was about. */
  readonly note: string;
  readonly status: number;
  readonly location: boolean;
  /** The answer with types in place of values; lists have one member. An empty one is `"string"`. */
  readonly answer: unknown;
  readonly type: string | null;
}

const file = new URL('../../fixtures/kafka-connect-4.1.1.jsonl', import.meta.url);

export const recording = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

/** Their members have names of the connector's own. */
const MAPS: readonly string[] = ['config', 'partition', 'offset'];

/** Lists that some options have something in. */
const PER_OPTION: readonly string[] = ['value.errors', 'value.recommended_values'];

/** Says where an answer has other keys than the recorded one, or is empty where that is not. */
export function keysThatDiffer(recorded: unknown, given: unknown, path = ''): string[] {
  if (Array.isArray(recorded)) {
    if (!Array.isArray(given)) return [`${path}: no list`];
    if (recorded.length === 0 || given.length === 0) {
      if (PER_OPTION.some((list) => path.endsWith(list))) return [];
      return recorded.length === given.length ? [] : [`${path}: ${given.length === 0 ? 'empty' : 'not empty'}`];
    }
    return given.flatMap((item) => keysThatDiffer(recorded[0], item, `${path}[]`));
  }
  if (typeof recorded === 'object' && recorded !== null) {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return [`${path}: no section`];
    if (MAPS.includes(path.split('.').at(-1) ?? '')) return [];
    const [missing, more] = [
      Object.keys(recorded).filter((key) => !(key in given)),
      Object.keys(given).filter((key) => !(key in recorded)),
    ];
    const inner = Object.entries(recorded).flatMap(([key, value]) => {
      return key in given ? keysThatDiffer(value, (given as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`) : [];
    });
    return [...missing.map((key) => `${path}: ${key} is missing`), ...more.map((key) => `${path}: ${key} is new`), ...inner];
  }
  return typeof given === 'object' && given !== null ? [`${path}: a section`] : [];
}

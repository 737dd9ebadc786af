import { ConnectError } from '../api/errors.ts';
import type { SinkRecord } from '../api/record.ts';
import { userHeaderName } from './typed-headers.ts';

const FIELD = /\{\{(topic|tag|key|header:[^{}]+)\}\}/;
const HEADER = 'header:';

/** Text in which only what a template knows stands in double braces. */
export const TEMPLATE_PATTERN = /^([^{]|\{(?!\{)|\{\{(topic|tag|key|header:[^{}]+)\}\})*$/;
export const TEMPLATE_EXPECTS = 'text, with or without {{topic}}, {{tag}}, {{key}} or {{header:NAME}} among it';

/** Text of an option of a sink that stands for something else with each record: `orders.{{tag}}`. */
export class RecordTemplate {
  /** It says the same of every record of a topic. */
  readonly isFixed: boolean;
  readonly #option: string;
  readonly #parts: readonly string[];
  readonly #mayLack: ReadonlySet<string>;

  /** `option`: for errors, `sink.routingKey`. `mayLack`: headers that are left out where they would be empty. */
  constructor(option: string, template: string, mayLack: readonly string[] = []) {
    this.#option = option;
    // Between two texts stands what is in the braces.
    this.#parts = template.split(FIELD);
    this.#mayLack = new Set(mayLack);
    this.isFixed = this.#parts.every((part, index) => index % 2 === 0 || part === 'topic');
  }

  /** What it says of every record of `topic`, where it is fixed. */
  fixed(topic: string): string {
    return this.#parts.map((part, index) => (index % 2 === 0 ? part : topic)).join('');
  }

  /** Throws RECORD_REFUSED where the record lacks what the template names. */
  of(record: SinkRecord): Buffer {
    return Buffer.concat(this.#parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : this.#field(part, record))));
  }

  #field(name: string, { topic, tag, key, headers }: SinkRecord): Buffer {
    if (name === 'topic') return Buffer.from(topic);
    if (name === 'tag' && tag !== undefined) return Buffer.from(tag);
    if (name === 'key' && key !== null) return key;
    if (!name.startsWith(HEADER)) throw this.#lacks(name);
    const header = name.slice(HEADER.length);
    const last = (wanted: string) => headers.findLast((one) => one.name === wanted)?.value ?? undefined;
    const value = last(header) ?? last(userHeaderName(header));
    if (value === undefined && !this.#mayLack.has(header)) throw this.#lacks(`header ${header}`);
    return value ?? Buffer.alloc(0);
  }

  #lacks(what: string): ConnectError {
    return new ConnectError('RECORD_REFUSED', `it has no ${what}, which ${this.#option} names`, {
      remedy: `let its producer write one, or correct ${this.#option}`,
    });
  }
}

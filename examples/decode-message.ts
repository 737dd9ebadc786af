/** This decodes a message that a connector wrote: see docs/messages.md. Copy it; it needs nothing but Node. */
export interface Message {
  readonly body: Buffer;
  /** The keys as the client returns them: a list, or RocketMQ's property KEYS split at spaces. */
  readonly keys: readonly string[];
  /** The user properties. */
  readonly properties: ReadonlyMap<string, string>;
}

export interface DecodedHeader {
  readonly name: string;
  readonly value: Buffer | null;
  /** The source's name for the type of a value that is not text, such as `int32`. */
  readonly type?: string;
}

export interface Decoded {
  /** The same for each copy of the record, so that a consumer can recognize repeats. */
  readonly place: string | undefined;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The user's own headers, as they are at the source. */
  readonly headers: readonly DecodedHeader[];
  /** What the connector says about the message, such as `rabbitmq-exchange` or `jms-message-id`. */
  readonly given: readonly DecodedHeader[];
  /** Milliseconds since 1970, as the source has them. It is a bigint if a number would round. */
  readonly timestamp: number | bigint | undefined;
}

export function decode({ body, keys, properties }: Message): Decoded {
  const headers = headersOf(properties);
  const marked = properties.get('connect-value');
  return {
    place: keys[0],
    key: keyOf(keys[1], properties),
    value: marked === undefined ? body : marked === 'null' ? null : Buffer.alloc(0),
    headers: headers.filter(({ name }) => !GIVEN.test(name)).map((header) => ({ ...header, name: header.name.replace(/^user:/, '') })),
    given: headers.filter(({ name }) => GIVEN.test(name)),
    timestamp: timeOf(properties.get('connect-timestamp')),
  };
}

const GIVEN = /^(rabbitmq|jms)-/;

function headersOf(properties: ReadonlyMap<string, string>): DecodedHeader[] {
  const plain = [...properties].filter(([name]) => !name.startsWith('connect-'));
  const rest: Array<[name: string, value: string | null, base64?: 1]> = JSON.parse(properties.get('connect-headers') ?? '[]');
  const bytes = (value: string | null, base64?: 1) => (value === null ? null : Buffer.from(value, base64 === 1 ? 'base64' : 'utf8'));
  const all = [
    ...plain.map(([name, value]) => ({ name, value: Buffer.from(value) })),
    ...rest.map(([name, value, base64]) => ({ name, value: bytes(value, base64) })),
  ];
  const types: Record<string, string | Array<string | null>> = JSON.parse(
    String(all.find(({ name }) => name === 'header-types')?.value ?? '{}'),
  );
  const met = new Map<string, number>();
  return all
    .filter(({ name }) => name !== 'header-types')
    .map((header) => {
      const nth = met.get(header.name) ?? 0;
      met.set(header.name, nth + 1);
      const found = Object.hasOwn(types, header.name) ? types[header.name] : undefined;
      const type = Array.isArray(found) ? found[nth] : found;
      return type === undefined || type === null ? header : { ...header, type };
    });
}

function keyOf(ownKey: string | undefined, properties: ReadonlyMap<string, string>): Buffer | null {
  const base64 = properties.get('connect-key-b64');
  if (base64 !== undefined) return base64 === '=' ? Buffer.alloc(0) : Buffer.from(base64, 'base64');
  const text = ownKey ?? properties.get('connect-key');
  return text === undefined ? null : Buffer.from(text);
}

function timeOf(text: string | undefined): number | bigint | undefined {
  if (text === undefined || text === '-') return undefined;
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? BigInt(text) : Number(text);
}

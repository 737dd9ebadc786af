/** What a consumer makes of a message that a connector wrote: see docs/messages.md. Copy it; it needs nothing but Node. */
export interface Message {
  readonly body: Buffer;
  /** As the client gives them: a list, or RocketMQ's property KEYS split at spaces. */
  readonly keys: readonly string[];
  /** User properties. */
  readonly properties: ReadonlyMap<string, string>;
}

export interface Decoded {
  /** The same for each copy of the record, so that repeats can be told. */
  readonly place: string | undefined;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer | null]>;
  /** Milliseconds since 1970, as the source has them; a bigint where a number would round. */
  readonly timestamp: number | bigint | undefined;
}

export function decode({ body, keys, properties }: Message): Decoded {
  const own = [...properties].filter(([name]) => !name.startsWith('connect-'));
  const rest: Array<[name: string, value: string | null, base64?: 1]> = JSON.parse(properties.get('connect-headers') ?? '[]');
  const bytes = (value: string | null, base64?: 1) => (value === null ? null : Buffer.from(value, base64 === 1 ? 'base64' : 'utf8'));
  const marked = properties.get('connect-value');
  return {
    place: keys[0],
    key: keyOf(keys[1], properties),
    value: marked === undefined ? body : marked === 'null' ? null : Buffer.alloc(0),
    headers: [
      ...own.map(([name, value]) => [name, Buffer.from(value)] as const),
      ...rest.map(([name, value, base64]) => [name, bytes(value, base64)] as const),
    ],
    timestamp: timeOf(properties.get('connect-timestamp')),
  };
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

/** Java's Object Serialization Stream Protocol, version 5: what begins each item. */
const MAGIC = 0xac_ed_00_05;
const NULL = 0x70;
const REFERENCE = 0x71;
const CLASS_DESCRIPTION = 0x72;
const OBJECT = 0x73;
const STRING = 0x74;
const ARRAY = 0x75;
const CLASS = 0x76;
const BLOCK = 0x77;
const END_OF_BLOCKS = 0x78;
const RESET = 0x79;
const LONG_BLOCK = 0x7a;
const LONG_STRING = 0x7c;
const PROXY_DESCRIPTION = 0x7d;
const ENUM = 0x7e;
const FIRST_HANDLE = 0x7e_00_00;

const HAS_WRITE_METHOD = 1;
const SERIALIZABLE = 2;
const EXTERNALIZABLE = 4;
const IN_BLOCKS = 8;
const FIELD_BYTES: Readonly<Record<string, number>> = { B: 1, C: 2, D: 8, F: 4, I: 4, J: 8, S: 2, Z: 1 };
/** Deeper ones are left unread: their end is not known. */
const MAX_DEPTH = 1_000;

interface ClassDescription {
  readonly name: string;
  flags: number;
  /** The first letter of each field's type: a primitive, or `L` and `[` for what is an item of its own. */
  readonly fields: string[];
  parent: ClassDescription | undefined;
}

/** The stream has something that only its own classes can read. */
class Unknown extends Error {}

/** Whether serialized Java objects are cut off. False for what is no such stream, or has parts that only its own classes can read. */
export function endsEarly(bytes: Buffer): boolean {
  if (bytes.length < 5 || bytes.readUInt32BE(0) !== MAGIC) return false;
  try {
    const walk = new Walk(bytes);
    while (!walk.done) walk.item();
    return false;
  } catch (error) {
    if (error instanceof Unknown) return false;
    if (error instanceof RangeError) return true;
    throw error;
  }
}

/** Goes over a stream item by item and keeps what later items refer to. */
class Walk {
  readonly #bytes: Buffer;
  #at = 4;
  #depth = 0;
  #handles: Array<ClassDescription | undefined> = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Returns the byte that it began with. */
  item(): number {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new Unknown();
    const kind = this.#uint(1);
    this.#content(kind);
    this.#depth -= 1;
    return kind;
  }

  #content(kind: number): void {
    switch (kind) {
      case NULL:
      case END_OF_BLOCKS:
        break;
      case REFERENCE:
        this.#skip(4);
        break;
      case STRING:
        this.#handles.push(undefined);
        this.#skip(this.#uint(2));
        break;
      case LONG_STRING:
        this.#handles.push(undefined);
        this.#skip(Number(this.#ulong()));
        break;
      case BLOCK:
        this.#skip(this.#uint(1));
        break;
      case LONG_BLOCK:
        this.#skip(this.#uint(4));
        break;
      case CLASS_DESCRIPTION:
      case PROXY_DESCRIPTION:
        this.#at -= 1;
        this.#classDescription();
        break;
      case CLASS:
        this.#classDescription();
        this.#handles.push(undefined);
        break;
      case ENUM:
        this.#classDescription();
        this.#handles.push(undefined);
        this.item();
        break;
      case ARRAY:
        this.#array();
        break;
      case OBJECT:
        this.#object();
        break;
      case RESET:
        this.#handles = [];
        break;
      default:
        throw new Unknown();
    }
  }

  #classDescription(): ClassDescription | undefined {
    const kind = this.#uint(1);
    if (kind === NULL) return undefined;
    if (kind === REFERENCE) return this.#handles[this.#uint(4) - FIRST_HANDLE];
    const description: ClassDescription = {
      name: kind === CLASS_DESCRIPTION ? this.#text() : '',
      flags: SERIALIZABLE,
      fields: [],
      parent: undefined,
    };
    if (kind === CLASS_DESCRIPTION) this.#skip(8);
    else if (kind !== PROXY_DESCRIPTION) throw new Unknown();
    this.#handles.push(description);
    if (kind === CLASS_DESCRIPTION) this.#fields(description);
    else for (let interfaces = this.#uint(4); interfaces > 0; interfaces -= 1) this.#text();
    this.#annotation();
    description.parent = this.#classDescription();
    return description;
  }

  #fields(description: ClassDescription): void {
    description.flags = this.#uint(1);
    for (let fields = this.#uint(2); fields > 0; fields -= 1) {
      const type = String.fromCharCode(this.#uint(1));
      this.#text();
      if (FIELD_BYTES[type] === undefined) this.item();
      description.fields.push(type);
    }
  }

  #array(): void {
    const description = this.#classDescription();
    this.#handles.push(undefined);
    const length = this.#uint(4);
    const type = description?.name[1];
    if (type === undefined) throw new Unknown();
    const bytes = FIELD_BYTES[type];
    if (bytes !== undefined) this.#skip(length * bytes);
    else for (let element = 0; element < length; element += 1) this.item();
  }

  #object(): void {
    const description = this.#classDescription();
    this.#handles.push(undefined);
    const lineage: ClassDescription[] = [];
    for (let one = description; one !== undefined; one = one.parent) lineage.unshift(one);
    for (const { flags, fields } of lineage) {
      if ((flags & EXTERNALIZABLE) !== 0) {
        if ((flags & IN_BLOCKS) === 0) throw new Unknown();
        this.#annotation();
        continue;
      }
      for (const type of fields) {
        const bytes = FIELD_BYTES[type];
        if (bytes === undefined) this.item();
        else this.#skip(bytes);
      }
      if ((flags & HAS_WRITE_METHOD) !== 0) this.#annotation();
    }
  }

  /** What a class wrote by itself, in blocks and items. */
  #annotation(): void {
    while (this.item() !== END_OF_BLOCKS);
  }

  #text(): string {
    const from = this.#at + 2;
    this.#skip(this.#uint(2));
    return this.#bytes.toString('latin1', from, this.#at);
  }

  #ulong(): bigint {
    this.#skip(8);
    return this.#bytes.readBigUInt64BE(this.#at - 8);
  }

  #uint(width: number): number {
    this.#skip(width);
    return this.#bytes.readUIntBE(this.#at - width, width);
  }

  #skip(bytes: number): void {
    if (bytes > this.#bytes.length - this.#at) throw new RangeError('the stream ends early');
    this.#at += bytes;
  }
}

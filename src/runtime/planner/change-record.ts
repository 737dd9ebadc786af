import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { toConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { Actor, Change, ChangeDetails, GivenConfig, SpecOfPlan } from '../../store/store.ts';
import type { PlannerDeps } from './planner-deps.ts';

/** So many digits hold milliseconds since 1970 until the year 2286. */
const TIME_DIGITS = 13;
const ID = /^\d{13}-[0-9a-f]{8}$/;

/** What the planner needs for an action that changes a connector. */
export interface ChangeDeps extends PlannerDeps {
  readonly change: ChangeRecord;
}

type Asked = { readonly action: string; readonly actor: Actor };

export interface Beginning {
  /** The plan in force after the change. */
  readonly generation: number;
  /** The spec of the plan, where the change is one, and the spec before. */
  readonly spec?: ConnectorSpec;
  readonly before?: SpecOfPlan | undefined;
  /** The text that the connector has with the spec. */
  readonly given?: GivenConfig | undefined;
}

/**
 * The item that says who made a change. It is stored before the first write of the change, so no change is made without it. A planner that
 * dies leaves it as `begun`.
 */
export class ChangeRecord {
  readonly #asked: Asked;
  readonly #deps: Pick<PlannerDeps, 'store' | 'logger'>;
  #change: Change | undefined;
  #details: ChangeDetails = {};
  #inForce = false;

  constructor(asked: Asked, deps: Pick<PlannerDeps, 'store' | 'logger'>) {
    this.#asked = asked;
    this.#deps = deps;
  }

  /** Names the item. Undefined before the change begins. */
  get id(): string | undefined {
    return this.#change?.id;
  }

  get details(): ChangeDetails {
    return this.#details;
  }

  /** Adds what the change does. It is stored with the next write of the item. */
  add(details: ChangeDetails): void {
    this.#details = { ...this.#details, ...details };
  }

  /** Stores that the change begins. A change of several steps calls it for each that is a plan. Throws what the store throws. */
  async begin(connector: string, { generation, spec, before, given }: Beginning, details: ChangeDetails = {}): Promise<void> {
    this.add(details);
    const at = Date.now();
    const differs = spec !== undefined && before !== undefined && !isDeepStrictEqual(plain(before.spec), plain(spec));
    this.#change = {
      connector,
      id: `${String(at).padStart(TIME_DIGITS, '0')}-${randomBytes(4).toString('hex')}`,
      at,
      ...this.#asked,
      ...this.#change,
      state: 'begun',
      generation,
      ...(spec !== undefined && { spec }),
      ...(given !== undefined && { given }),
      ...(differs && { before }),
      details: this.#details,
    };
    await this.#deps.store.putChange(this.#change);
  }

  /** Goes on with the item of an earlier request of the same kind, where there is one. */
  async goOn(connector: string, id: string | undefined): Promise<void> {
    if (id === undefined || !ID.test(id)) return;
    const earlier = await this.#deps.store.getChange(connector, id);
    if (earlier?.action !== this.#asked.action) return;
    this.#change = earlier;
    this.#details = earlier.details;
  }

  /** The plan of the change is in force, whatever comes after it. */
  tookEffect(): void {
    this.#inForce = true;
  }

  /** Stores that the change is made. It never throws: the change is made either way. */
  done(): Promise<void> {
    return this.#end({ state: 'done' });
  }

  /** Stores that the change failed, if it had begun. It never throws. */
  failed(thrown: unknown): Promise<void> {
    const { code, message } = toConnectError(thrown);
    return this.#end({ state: 'failed', error: { code, message } });
  }

  async #end(end: Pick<Change, 'state' | 'error'>): Promise<void> {
    if (this.#change === undefined) return;
    const { error: _, ...change } = this.#change;
    this.#change = { ...change, ...(this.#inForce && { inForce: true }), details: this.#details, ...end };
    await this.#deps.store.putChange(this.#change).catch((error: unknown) => {
      this.#deps.logger.warn('end of a change not kept', { connector: change.connector, id: change.id, error: toConnectError(error).line });
    });
  }
}

/** The store keeps a spec as JSON. */
const plain = (spec: ConnectorSpec): unknown => JSON.parse(JSON.stringify(spec));

/** Does what changes a connector, and stores who asked for it and how it ended. */
export async function recorded<R>(asked: Asked, deps: PlannerDeps, work: (deps: ChangeDeps) => Promise<R>): Promise<R> {
  const change = new ChangeRecord(asked, deps);
  try {
    const result = await work({ ...deps, change });
    await change.done();
    return result;
  } catch (error) {
    await change.failed(error);
    throw error;
  }
}

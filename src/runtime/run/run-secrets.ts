import { isDeepStrictEqual } from 'node:util';
import { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { TopicSelection } from '../../config/selected-topics.ts';
import type { RocketmqAccess } from '../../rocketmq/types.ts';
import type { ResolveSecrets } from './contracts.ts';

/** The sections of a spec, their secrets resolved, as one run uses them. */
export class RunSecrets {
  readonly #spec: ConnectorSpec;
  readonly #resolve: ResolveSecrets;
  /** The sections by name, as the run got them. */
  readonly #used = new Map<string, unknown>();

  constructor(spec: ConnectorSpec, resolve: ResolveSecrets) {
    this.#spec = spec;
    this.#resolve = resolve;
  }

  /** Resolves the system's own options. Throws SECRET_UNRESOLVED. */
  async system(): Promise<unknown> {
    const { direction, system } = this.#spec;
    const resolved = await this.#resolve({ [direction]: system });
    this.#used.set(direction, resolved[direction]);
    return resolved[direction];
  }

  /** Resolves the options of RocketMQ. Throws SECRET_UNRESOLVED. */
  async rocketmq(): Promise<RocketmqAccess & TopicSelection> {
    const { rocketmq } = await this.#resolve({ rocketmq: this.#spec.rocketmq });
    this.#used.set('rocketmq', rocketmq);
    return rocketmq;
  }

  /**
   * Reads the secrets of the run once more where `error` says that credentials were refused. If a value has changed, the run failed because
   * somebody changed a password meanwhile, and the next run may succeed: the error returned is a retriable one. Otherwise it is `error`.
   */
  async afterRotation(error: ConnectError): Promise<ConnectError> {
    if (error.code !== 'AUTH_FAILED' || error.retriable || this.#resolve.forget === undefined) return error;
    this.#resolve.forget();
    const { direction, system, rocketmq } = this.#spec;
    const now: Record<string, unknown> | undefined = await this.#resolve({ [direction]: system, rocketmq }).catch(() => undefined);
    if (now === undefined || [...this.#used].every(([section, used]) => isDeepStrictEqual(used, now[section]))) return error;
    return new ConnectError('AUTH_FAILED', `${error.message}; the secret was changed meanwhile`, {
      retriable: true,
      remedy: 'wait: the next run uses the new one',
      cause: error,
    });
  }
}

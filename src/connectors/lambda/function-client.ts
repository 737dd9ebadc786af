import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ClientCache } from '../../api/index.ts';
import { regionOf } from '../../aws/region.ts';
import { clientKey, untilAborted } from '../../kit/index.ts';
import type { LambdaSinkConfig } from './config.ts';
import { invokeError, isTooLarge } from './errors.ts';
import { arnOf, type FunctionName, parseFunctionName } from './function-name.ts';

const CONNECT_MS = 3_000;

/** What became of one event. */
export type Answer =
  /** What the function returned, as JSON. */
  | { readonly returned: string }
  /** It threw, died or ran out of time: what Lambda says of it, as JSON. */
  | { readonly threw: string }
  | { readonly tooLarge: true };

type FunctionOptions = Pick<LambdaSinkConfig, 'function' | 'region' | 'requestTimeoutMs'>;

/** Invokes one function, as often as it is asked to: who calls it knows what may come twice. */
export class FunctionClient {
  readonly #client: LambdaClient;
  readonly #text: string;
  readonly #name: FunctionName;
  readonly #region: string;

  constructor({ function: text, requestTimeoutMs }: FunctionOptions, region: string) {
    this.#text = text;
    this.#name = parseFunctionName(text);
    this.#region = region;
    this.#client = new LambdaClient({
      region,
      // An attempt whose answer was lost may have reached the function. The sink knows what it sends again.
      maxAttempts: 1,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
    });
  }

  /** The client of this configuration, warm from the run before where there was one. Throws CONFIG_INVALID where no region is known. */
  static async get(config: FunctionOptions, clients: ClientCache): Promise<FunctionClient> {
    const region = await regionOf(config.region ?? parseFunctionName(config.function).region, undefined);
    const key = clientKey('lambda', [config.function, region, config.requestTimeoutMs]);
    return clients.get(
      key,
      async () => new FunctionClient(config, region),
      (client) => client.close(),
    );
  }

  /**
   * Waits for the function's answer. Throws a retriable ConnectError where it is not known whether the function was invoked, and INTERRUPTED
   * once `signal` aborts; any other where no event can reach it.
   */
  async invoke(payload: Uint8Array, signal: AbortSignal): Promise<Answer> {
    try {
      const command = new InvokeCommand({ ...this.#target, InvocationType: 'RequestResponse', Payload: payload });
      const { FunctionError: failed, Payload } = await untilAborted(this.#client.send(command, { abortSignal: signal }), signal);
      const text = Payload?.transformToString() ?? '';
      return failed === undefined ? { returned: text } : { threw: text };
    } catch (error) {
      if (isTooLarge(error)) return { tooLarge: true };
      throw this.#meant(error);
    }
  }

  /** Asks Lambda whether the function is there and this caller may invoke it, and does not invoke it. Throws as `invoke` does. */
  async check(): Promise<void> {
    await this.#client.send(new InvokeCommand({ ...this.#target, InvocationType: 'DryRun' })).catch((error: unknown) => {
      throw this.#meant(error);
    });
  }

  close(): void {
    this.#client.destroy();
  }

  get #target() {
    const { name, qualifier } = this.#name;
    return { FunctionName: name, ...(qualifier !== undefined && { Qualifier: qualifier }) };
  }

  #meant(error: unknown): Error {
    const arn = arnOf(this.#text, { partition: 'aws', region: this.#region, account: 'ACCOUNT' });
    return invokeError(error, this.#text, arn);
  }
}

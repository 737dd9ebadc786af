import type { LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { ApiSettings, ServiceWithApi } from './http-api.ts';
import type { StackTemplate } from './kept-table.ts';

/** The part of osls' plugin interface that we use. osls ships no types for it. */
export interface Serverless {
  readonly serviceDir: string;
  readonly processedInput: { readonly commands: readonly string[]; readonly options: { readonly param?: readonly string[] } };
  /** The content of serverless.yml, with its variables resolved as far as possible. */
  readonly configurationInput: { readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly service: ServiceWithApi & {
    readonly service: string;
    /** `artifact` is the archive of all functions, if it exists already. */
    readonly package: { artifact?: string };
    readonly custom: { readonly connect: ConnectSettings };
    readonly provider: { httpApi?: object; readonly stage: string; readonly compiledCloudFormationTemplate: StackTemplate };
    getFunction(name: string): { readonly name: string };
  };
  getProvider(name: 'aws'): {
    /** Uses the region, credentials, proxy and retries of osls' own calls. */
    getAwsSdkV3Config(): Promise<AwsConfig>;
    readonly naming: { getStackName(): string };
  };
}

/** The section `custom.connect` of serverless.yml. */
export interface ConnectSettings {
  readonly connectors: string;
  readonly scheduleGroup: string;
  readonly table: string;
  readonly tableDeletionPolicy: 'Retain' | 'Delete';
  /** A `serverless.yml` of an earlier version has none. */
  readonly api?: ApiSettings;
}

export type AwsConfig = LambdaClientConfig & {
  readonly requestHandler: { updateHttpClientConfig(option: 'socketTimeout', ms: number): void };
};

export interface PluginTools {
  readonly log: { notice(text: string): void; warning(text: string): void; error(text: string): void };
  readonly progress: { create(options: { message: string }): { update(message: string): void; remove(): void } };
}

/** The steps of a command, with names such as `after:deploy:deploy`. */
export type Hooks = Readonly<Record<string, () => Promise<void>>>;

/** Resolves `${name(param):address}` in serverless.yml. */
export type VariableSources = Readonly<
  Record<string, { resolve(input: { address?: string; params?: readonly string[] }): Promise<{ value: unknown }> }>
>;

import type { LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { StackTemplate } from './kept-table.ts';

/** The part of osls' plugin interface that is used here; osls ships no types for it. */
export interface Serverless {
  readonly serviceDir: string;
  readonly processedInput: { readonly commands: readonly string[]; readonly options: { readonly param?: readonly string[] } };
  /** serverless.yml; what is a variable in it is resolved where it could be. */
  readonly configurationInput: { readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly service: {
    readonly service: string;
    /** `artifact`: the archive of all functions, where it is made already. */
    readonly package: { artifact?: string };
    readonly custom: { readonly connect: ConnectSettings };
    readonly provider: { readonly stage: string; readonly compiledCloudFormationTemplate: StackTemplate };
    getFunction(name: string): { readonly name: string };
  };
  getProvider(name: 'aws'): {
    /** Region, credentials, proxy and retries as for osls' own calls. */
    getAwsSdkV3Config(): Promise<AwsConfig>;
    readonly naming: { getStackName(): string };
  };
}

/** `custom.connect` of serverless.yml. */
export interface ConnectSettings {
  readonly connectors: string;
  readonly scheduleGroup: string;
  readonly table: string;
  readonly tableDeletionPolicy: 'Retain' | 'Delete';
}

export type AwsConfig = LambdaClientConfig & {
  readonly requestHandler: { updateHttpClientConfig(option: 'socketTimeout', ms: number): void };
};

export interface PluginTools {
  readonly log: { notice(text: string): void; warning(text: string): void; error(text: string): void };
  readonly progress: { create(options: { message: string }): { update(message: string): void; remove(): void } };
}

/** A step of a command, named `after:deploy:deploy` and the like. */
export type Hooks = Readonly<Record<string, () => Promise<void>>>;

/** What `${name(param):address}` in serverless.yml stands for. */
export type VariableSources = Readonly<
  Record<string, { resolve(input: { address?: string; params?: readonly string[] }): Promise<{ value: unknown }> }>
>;

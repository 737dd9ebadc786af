import type { z } from 'zod';
import type { SchemaName } from './schemas.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request that was matched and whose body was read. */
export interface Call<Body = unknown> {
  /** The parts of the path that have a name, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What the client accepts, as it says; empty where it does not say. */
  readonly accept: string;
  /** All that the client says besides. */
  readonly headers: Headers;
  /** As the route's schema gives it; undefined where the route takes none. */
  readonly body: Body;
}

export interface Answer {
  readonly status: number;
  /** JSON. Absent for an empty answer. */
  readonly body?: unknown;
  /** In place of JSON: text or bytes, and their type. */
  readonly text?: { readonly type: string; readonly content: string | Uint8Array<ArrayBuffer> };
  readonly location?: string;
  /** In place of those that all answers have, or besides them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One endpoint: what the router, the description of the API and the tests need to know of it. */
export interface Route {
  readonly method: Method;
  /** `/connectors/:name` */
  readonly path: string;
  readonly summary: string;
  /** Parameters behind `?`, and what they say. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: z.ZodType;
  /** What it answers when all is well, by status. An empty answer has no schema. */
  readonly answers: Readonly<Record<number, SchemaName | undefined>>;
  readonly handle: (call: Call<never>) => Promise<Answer>;
}

/** For the table of routes: checks the type of the body against its schema. */
export const route = <Schema extends z.ZodType = z.ZodUndefined>(
  spec: Omit<Route, 'body' | 'handle'> & { readonly body?: Schema; readonly handle: (call: Call<z.output<Schema>>) => Promise<Answer> },
): Route => spec as Route;

export const ok = (body: unknown): Answer => ({ status: 200, body });

export const empty = (status: 202 | 204): Answer => ({ status });

import { isChange } from '../src/cli/target/planner-function.ts';
import type { Planner, PlannerRequest, PlannerResponse } from '../src/runtime/planner-api.ts';
import { failed } from './http-event.ts';

export interface InTimeOptions {
  /** Asks the planner. `signal` ends the wait, and not what the planner does. */
  readonly ask: (request: PlannerRequest, signal: AbortSignal) => Promise<PlannerResponse>;
  /** Who changes something. */
  readonly actor: string;
  readonly limitMs: number;
}

/** Connecting to Lambda takes no longer. */
const CONNECT_MS = 4_000;

const never = <T>(): Promise<T> => new Promise(() => {});

/**
 * Answers within a time. When it is over, a change that the planner was asked for is answered with 202, because the planner completes it, and
 * with the place to look at; anything else with 504. Nothing is sent from then on, neither again nor what was to follow: a function that has
 * answered stands still until the next event, and would send it then.
 */
export async function inTime(answer: (planner: Planner) => Promise<Response>, { ask, actor, limitMs }: InTimeOptions): Promise<Response> {
  const over = new AbortController();
  const startedAt = Date.now();
  let change: PlannerRequest | undefined;
  const planner: Planner = {
    async handle(request) {
      if (over.signal.aborted) return never();
      // Such a request may not reach the planner before the time is over, and nobody could say whether it did.
      if (isChange(request) && Date.now() > startedAt + limitMs - Math.min(CONNECT_MS, limitMs / 5)) return never();
      if (isChange(request)) change = request;
      const asked = ask(isChange(request) ? { ...request, actor } : request, over.signal);
      const kept = await asked.catch((error: unknown) => (over.signal.aborted ? never<PlannerResponse>() : Promise.reject(error)));
      if (over.signal.aborted) return never();
      // What the planner has refused does not go on.
      if (isChange(request) && !kept.ok) change = undefined;
      return kept;
    },
  };
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limitMs);
  try {
    const answered = await Promise.race([answer(planner), late]);
    if (answered !== undefined) return answered;
    over.abort();
    const seconds = Math.round(limitMs / 1_000);
    return change === undefined
      ? failed(504, `there was no answer within ${seconds} s, and nothing was changed; ask for less`)
      : accepted(change);
  } finally {
    clearTimeout(timer);
  }
}

function accepted(change: PlannerRequest): Response {
  const { action } = change;
  const name = connectorOf(change);
  // A restart plans first, and starts the tasks then. Its own answer is 202, too, and would say that they start.
  if (action === 'replan') return failed(504, 'planning took too long, and no task was restarted; send the request once more');
  const message = `the planner goes on with ${action}; the status of the connector and \`rocketmq-connect history\` show what has come of it. If neither shows the change after some minutes, the planner has refused it: send it once more to see why`;
  const headers = {
    'cache-control': 'no-store',
    ...(name !== undefined && { location: `/connectors/${encodeURIComponent(name)}/status` }),
  };
  return Response.json({ message }, { status: 202, headers });
}

function connectorOf(request: PlannerRequest): string | undefined {
  const { connector, file } = request as { readonly connector?: unknown; readonly file?: { readonly name?: unknown } };
  const name = connector ?? file?.name;
  return typeof name === 'string' ? name : undefined;
}

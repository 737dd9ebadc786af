import * as z from 'zod';
import { RestError } from '../rest/answers/rest-error.ts';
import { ok, type Route, route } from '../rest/answers/route.ts';
import { ask, connectorNamed } from '../rest/routes/context.ts';
import type { DeadLettersPage, LetterCursor, LetterFailure, LetterWorkPage } from '../runtime/planner-api.ts';
import { type Letters, type LettersDone, MOST_CHOSEN } from './answers.ts';
import type { ConsoleContext } from './console-context.ts';

const chosen = z.strictObject({ topic: z.string(), places: z.array(z.string()).min(1).max(MOST_CHOSEN) });

const cursorSchema = z.record(z.string(), z.strictObject({ next: z.int(), end: z.int() }));

/** Dead letters: list, show, redrive, drop. */
export function letterRoutes(context: ConsoleContext): Route[] {
  const work = (action: 'redrive' | 'drop', summary: string): Route =>
    route({
      method: 'POST',
      path: `/api/connectors/:name/dead-letters/${action}`,
      summary,
      body: chosen,
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, body: { topic, places } }) => {
        const sum = { done: 0, settled: 0, failures: [] as LetterFailure[] };
        let change: string | undefined;
        for (let cursor: LetterCursor | undefined = cursorOf(topic, places); cursor !== undefined; ) {
          const request = { action, connector: name, topic, places, cursor, ...(change && { change }) } as const;
          const page: LetterWorkPage = await ask(context, request);
          sum.done += page.done;
          sum.settled += page.settled;
          sum.failures.push(...page.failures);
          [cursor, change] = [page.cursor, page.change];
        }
        return ok(sum satisfies LettersDone);
      },
    });

  return [
    route({
      method: 'GET',
      path: '/api/connectors/:name/dead-letters',
      summary: 'List dead letters of a connector, a stretch of its dead-letter topic at a time',
      query: { cursor: 'that of the answer before; default: from the beginning' },
      answers: { 200: undefined },
      handle: async ({ params: { name = '' }, query }) => {
        const given = query.get('cursor');
        const cursor = given === null ? {} : { cursor: readCursor(given) };
        const { file } = (await connectorNamed(context, name)) as { readonly file: { readonly errors?: { readonly tolerance?: string } } };
        if (file.errors?.tolerance !== 'dead-letter') return ok({ letters: [], looked: 0, gone: 0, left: 0 } satisfies Letters);
        const page = await ask<DeadLettersPage>(context, { action: 'dead-letters', connector: name, ...cursor });
        const { topic, letters, looked, gone, missing, left } = page;
        const next = page.cursor === undefined ? {} : { cursor: JSON.stringify(page.cursor) };
        return ok({ topic, letters, looked, gone: gone + missing, left, ...next } satisfies Letters);
      },
    }),
    route({
      method: 'GET',
      path: '/api/connectors/:name/dead-letters/:place',
      summary: 'Show one dead letter whole',
      answers: { 200: undefined },
      handle: async ({ params: { name = '', place = '' } }) => ok(await ask(context, { action: 'dead-letter', connector: name, place })),
    }),
    work('redrive', 'Send dead letters through their connector once more'),
    work('drop', 'Mark dead letters as done with'),
  ];
}

function readCursor(text: string): LetterCursor {
  const parsed = cursorSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new RestError(400, "this cursor can't be read; take that of the answer before");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The stretch of each queue that holds the letters. Throws 400. */
export function cursorOf(topic: string, places: readonly string[]): LetterCursor {
  const stretches = new Map<string, { next: number; end: number }>();
  for (const place of places) {
    const [, queue, digits] = /^(.+)@(\d{1,15})$/.exec(place) ?? [];
    if (queue === undefined)
      throw new RestError(400, `places: ${JSON.stringify(place)} is no place of a dead letter; name it as the list does`);
    const [offset, known] = [Number(digits), stretches.get(queue)];
    stretches.set(queue, { next: Math.min(known?.next ?? offset, offset), end: Math.max(known?.end ?? 0, offset + 1) });
  }
  return Object.fromEntries([...stretches].map(([queue, stretch]) => [`${topic}:${queue}`, stretch]));
}

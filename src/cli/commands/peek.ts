import { setTimeout as sleep } from 'node:timers/promises';
import type { PeekRequest, PeekResult } from '../../rocketmq/types.ts';
import { EXIT } from '../exit-code.ts';
import { ask } from '../failures.ts';
import { onInterrupt } from '../interrupt.ts';
import type { CommandRun } from '../program.ts';
import { renderPeeked } from '../render/peek.ts';
import { withTarget } from '../target.ts';

type Peek = (request: PeekRequest) => Promise<PeekResult>;

const FOLLOW_MS = 1_000;
/** With each look of `--follow`. */
const MOST = 1_000;

export const run: CommandRun = ([topic], flags, output) => {
  const { endpoints, connector, from = 'end', limit } = flags as { endpoints?: string; connector?: string } & Partial<PeekRequest>;
  const request: PeekRequest = { from, limit: Number(limit) };
  const show = async (peek: Peek) => {
    const first = await peek(request);
    if (flags.follow) return follow(peek, first);
    if (flags.json) output.json(first.messages);
    else if (first.messages.length === 0) output.note(`topic ${first.topic} holds no message${from === 'end' ? '' : ' from there on'}`);
    else for (const message of first.messages) output.result(renderPeeked(message));
    return EXIT.ok;
  };
  const follow = async (peek: Peek, first: PeekResult) => {
    const { signal, done } = onInterrupt(output, '');
    for (let shown = first; ; shown = await peek({ ...request, limit: MOST, cursor: shown.cursor })) {
      for (const message of shown.messages) {
        if (flags.json) output.jsonLine(message);
        else output.result(renderPeeked(message));
      }
      // What is full is not the end.
      if (shown.messages.length < MOST) await sleep(FOLLOW_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || output.closed) break;
    }
    done();
    return EXIT.ok;
  };
  if (endpoints !== undefined && topic !== undefined) return show(directPeek(endpoints, topic));
  return withTarget(flags, output, ({ planner }) =>
    show((asked) => ask<PeekResult>(planner, { action: 'peek', ...(topic && { topic }), ...(connector && { connector }), ...asked })),
  );
};

/** Of a RocketMQ that no connector knows: without keys or encryption. */
const directPeek =
  (endpoints: string, topic: string): Peek =>
  async (request) => {
    const { peekTopic } = await import('../../rocketmq/peek-topic.ts');
    return peekTopic({ endpoints, topic, namespace: '', tls: false, requestTimeoutMs: 3_000 }, request);
  };

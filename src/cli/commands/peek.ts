import type { PeekRequest, PeekResult } from '../../rocketmq/types.ts';
import { renderPeeked } from '../render/peek.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { follow } from '../shared/follow.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

type Peek = (request: PeekRequest) => Promise<PeekResult>;

const FOLLOW_MS = 1_000;
/** Each look of `--follow` takes at most this many messages. */
const MOST = 1_000;

export const run: CommandRun = ([topic], flags, output) => {
  const { endpoints, connector, from = 'end', limit } = flags as { endpoints?: string; connector?: string } & Partial<PeekRequest>;
  const request: PeekRequest = { from, limit: Number(limit) };
  const show = async (peek: Peek) => {
    if (flags.follow) return showAll(peek);
    const { topic: shown, messages, isCut } = await allOf(peek, request);
    if (isCut)
      output.problem(
        `only the newest ${messages.length} messages are shown, because one answer holds no more; \`--from start\` or a time shows all`,
      );
    if (flags.json) output.json(messages);
    else if (messages.length === 0) output.note(`topic ${shown} holds no messages${from === 'end' ? '' : ' after that place'}`);
    else for (const message of messages) output.result(renderPeeked(message));
    return EXIT.ok;
  };
  const showAll = async (peek: Peek) => {
    let next = request;
    await follow(output, async (signal) => {
      const { messages, cursor } = await peek(next);
      for (const message of messages) {
        await output.ready(signal);
        if (flags.json) output.jsonLine(message);
        else output.result(renderPeeked(message));
      }
      // After a full answer there may be more at once.
      next = { ...request, limit: MOST, cursor };
      return messages.length < MOST ? FOLLOW_MS : 0;
    });
    return EXIT.ok;
  };
  if (endpoints !== undefined && topic !== undefined) return show(directPeek(endpoints, topic));
  return withTarget(flags, output, ({ planner }) =>
    show((asked) => ask<PeekResult>(planner, { action: 'peek', ...(topic && { topic }), ...(connector && { connector }), ...asked })),
  );
};

/** Asks again if one answer can't hold all. It does not do so for the newest messages: the next answer would hold what came after them. */
async function allOf(peek: Peek, request: PeekRequest): Promise<PeekResult> {
  let last = await peek(request);
  const messages = [...last.messages];
  while (last.isCut && request.from !== 'end') {
    last = await peek({ ...request, limit: request.limit - messages.length, cursor: last.cursor });
    messages.push(...last.messages);
  }
  return { ...last, messages };
}

/** Asks a RocketMQ that no connector names, without keys or encryption. */
const directPeek =
  (endpoints: string, topic: string): Peek =>
  async (request) => {
    const { peekTopic } = await import('../../rocketmq/peek-topic.ts');
    return peekTopic({ endpoints, topic, namespace: '', tls: false, requestTimeoutMs: 10_000 }, request);
  };

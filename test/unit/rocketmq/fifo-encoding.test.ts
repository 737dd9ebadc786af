import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fifoEncoding, fifoProblem } from '../../../src/rocketmq/fifo-encoding.ts';
import { MAX_PROPERTIES_BYTES } from '../../../src/rocketmq/limits.ts';
import { MAX_BODY_BYTES } from '../../../src/rocketmq/request-body.ts';
import { type DeliverBody, SendLane } from '../../../src/rocketmq/send-lane.ts';
import { bodiesOf, decodeBody, message } from './decode-body.ts';

const later = Date.now() + 60_000;
const shared = new Map([['color', 'red']]);
const grouped = (groups: readonly string[]) =>
  groups.map((group, index) => ({ ...message(String(index)), group, properties: index % 3 === 0 ? new Map([['n', '1']]) : shared }));
const groupIn = (properties: string) => /__SHARDINGKEY=([^;]*);$/.exec(properties.replaceAll('\u0001', '=').replaceAll('\u0002', ';'))?.[1];
const someGroups = fc.array(fc.constantFrom('a', 'b', 'größe'), { minLength: 1, maxLength: 50 });

describe('messages of a FIFO topic', () => {
  it('travel together, each with its group behind its other properties', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        const messages = grouped(groups);
        const { body, count, form } = fifoEncoding(false).encode(messages, 0, messages.length, MAX_BODY_BYTES);
        expect([count, form]).toEqual([groups.length, undefined]);
        const decoded = decodeBody(body);
        expect(decoded.map(({ properties }) => groupIn(properties))).toEqual(groups);
        expect(decoded.map(({ properties }) => properties.startsWith('n\u00011\u0002'))).toEqual(groups.map((_, index) => index % 3 === 0));
        expect(messages[1]?.properties ?? shared).toBe(shared);
      }),
    );
  });

  it('travel with those of their group alone, and in order, where a proxy compares types', async () => {
    await fc.assert(
      fc.asyncProperty(someGroups, async (groups) => {
        const sent: unknown[] = [];
        const deliver: DeliverBody = async (request, _, form) => {
          for (const { body, properties } of decodeBody(request))
            sent.push([body.toString(), groupIn(properties), groupIn(form?.properties ?? '')]);
        };
        const lane = new SendLane(deliver, MAX_BODY_BYTES, fifoEncoding(true));
        await lane.send(grouped(groups), later);
        expect(sent).toEqual(groups.map((group, index) => [String(index), group, group]));
      }),
    );
  });

  it.each([
    [undefined, 'it has no message group, which a FIFO topic needs'],
    ['', 'it has no message group, which a FIFO topic needs'],
    ['a\u0002b', 'message group "a\\u0002b" holds a control character'],
  ])('are refused with group %j', async (group, reason) => {
    const bad = { ...message('x'), ...(group !== undefined && { group }) };
    expect(fifoProblem(bad)).toBe(reason);
    for (const isChecked of [false, true]) {
      const stored: string[] = [];
      const lane = new SendLane(async (body) => void stored.push(...bodiesOf(body)), MAX_BODY_BYTES, fifoEncoding(isChecked));
      const messages = [...grouped(['a', 'a']), bad, ...grouped(['a'])];
      await expect(lane.send(messages, later)).rejects.toMatchObject({ code: 'RECORD_REFUSED', index: 2, message: reason });
      expect(stored).toEqual(['0', '1']);
    }
  });

  it('are as large as RocketMQ takes them, group counted', () => {
    const room = MAX_PROPERTIES_BYTES - 'n..__SHARDINGKEY.group.'.length;
    const sized = (bytes: number) => ({ ...message('x'), group: 'group', properties: new Map([['n', 'x'.repeat(bytes)]]) });
    expect(fifoProblem(sized(room))).toBeUndefined();
    expect(fifoProblem(sized(room + 1))).toContain('keys and properties take 32768 bytes');
  });
});

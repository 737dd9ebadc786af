import { DelayLane, delayProblem } from './delay-lane.ts';
import { fifoEncoding, fifoProblem } from './fifo-encoding.ts';
import type { Sending } from './remoting-producer.ts';
import { SendLane } from './send-lane.ts';
import type { SpecialTopic } from './types.ts';

/** Returns how messages are sent to a topic that is no plain one. `isChecked`: a proxy compares each request's type with the topic's. */
export function specialSending(topicType: SpecialTopic, isChecked: boolean): Sending {
  if (topicType === 'DELAY') return { topicType, problem: delayProblem, lane: (deliver, maxBytes) => new DelayLane(deliver, maxBytes) };
  const encoding = fifoEncoding(isChecked);
  return { topicType, problem: fifoProblem, lane: (deliver, maxBytes) => new SendLane(deliver, maxBytes, encoding) };
}

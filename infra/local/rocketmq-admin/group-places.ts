/** Where a consumer group is in a queue. */
export interface GroupPlace {
  readonly queue: number;
  /** The next message that it gets. */
  readonly offset: number;
  /** The next message that comes. */
  readonly end: number;
}

/** Reads RocketMQ's ConsumeStats. Its keys are objects, so that it is no JSON: `{"offsetTable":{{"queueId":0}:{"brokerOffset":5}}}`. */
export function groupPlaces(body: Buffer): GroupPlace[] {
  const entries = [...body.toString('utf8').matchAll(/\{([^{}]*"queueId":[^{}]*)\}:\{([^{}]*)\}/g)];
  return entries
    .map(([, queue = '', offsets = '']) => ({
      queue: numberIn(queue, 'queueId'),
      offset: numberIn(offsets, 'consumerOffset'),
      end: numberIn(offsets, 'brokerOffset'),
    }))
    .sort((a, b) => a.queue - b.queue);
}

function numberIn(text: string, name: string): number {
  const value = new RegExp(`"${name}":(-?\\d+)`).exec(text)?.[1];
  if (value === undefined) throw new Error(`${name} is not in ${text}`);
  return Number(value);
}

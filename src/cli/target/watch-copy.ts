import { recordBytes, type SinkTask, type SinkTaskClass, type SourceTask, type SourceTaskClass, type TaskClass } from '../../api/index.ts';
import { RefusedError, type TopicProducer } from '../../rocketmq/types.ts';
import type { TaskDeps } from '../../runtime/run/contracts.ts';
import type { CopyWatch } from './copy-watch.ts';

/** Returns the same parts, which also report to the watch what they do and wait for. An invocation itself only reports at its end. */
export function watchCopy(deps: TaskDeps, task: number, watch: CopyWatch): TaskDeps {
  const taskClasses = Object.entries(deps.taskClasses).map(([name, load]) => {
    const watched = async (): Promise<TaskClass> => {
      const loaded = await load();
      return loaded.direction === 'source'
        ? { ...loaded, create: watchedClass(loaded.create, (source) => watchedSource(source, task, watch)) }
        : { ...loaded, create: watchedClass(loaded.create, (sink) => watchedSink(sink, task, watch)) };
    };
    return [name, watched] as const;
  });
  return {
    ...deps,
    taskClasses: Object.fromEntries(taskClasses),
    loadRocketmq: async () => {
      const rocketmq = await deps.loadRocketmq();
      return {
        ...rocketmq,
        openProducer: async (config, logger) => {
          const place = `RocketMQ at ${config.endpoints}`;
          const producer = await watch.during(place, () => rocketmq.openProducer(config, logger));
          return watchedProducer(producer, place, watch);
        },
      };
    },
  };
}

/** Returns a class whose tasks are those of `create`, each watched. */
function watchedClass<Create extends SourceTaskClass<never> | SinkTaskClass<never>>(
  create: Create,
  watched: (task: InstanceType<Create>) => InstanceType<Create>,
): Create {
  return class {
    constructor(context: never) {
      // biome-ignore lint/correctness/noConstructorReturn: the task itself, with two of its methods watched
      return watched(new create(context) as InstanceType<Create>);
    }
  } as unknown as Create;
}

function watchedSource(source: SourceTask, task: number, watch: CopyWatch): SourceTask {
  const start = source.start.bind(source);
  const poll = source.poll.bind(source);
  source.start = () => {
    watch.elsewhere(task, false);
    return watch.during('the source', start);
  };
  source.poll = async (limit) => {
    const result = await watch.during('the source', () => poll(limit));
    watch.read(task, result.records.length, source.remaining?.());
    return result;
  };
  return source;
}

function watchedSink(sink: SinkTask, task: number, watch: CopyWatch): SinkTask {
  const start = sink.start.bind(sink);
  const write = sink.write.bind(sink);
  sink.start = () => {
    watch.elsewhere(task, false);
    return watch.during('the target', start);
  };
  sink.write = async (batch) => {
    const result = await watch.during('the target', () => write(batch));
    const bytes = batch.records.reduce((sum, record) => sum + recordBytes(record), 0);
    watch.sent(batch.records.length - (result.failed?.length ?? 0), bytes);
    return result;
  };
  return sink;
}

function watchedProducer(producer: TopicProducer, place: string, watch: CopyWatch): TopicProducer {
  return {
    queues: producer.queues,
    ...(producer.topicType !== undefined && { topicType: producer.topicType }),
    problem: (message) => producer.problem(message),
    close: () => producer.close(),
    send: async (queue, messages, deadline) => {
      const sizes: number[] = [];
      const at = (index: number) => {
        const message = messages.at(index);
        sizes[index] = message?.body.length ?? 0;
        return message;
      };
      const sent = (count: number) =>
        watch.sent(
          count,
          sizes.slice(0, count).reduce((sum, size) => sum + size, 0),
        );
      try {
        await watch.during(place, () => producer.send(queue, { length: messages.length, at }, deadline));
      } catch (error) {
        if (error instanceof RefusedError) sent(error.index);
        throw error;
      }
      sent(messages.length);
    },
  };
}

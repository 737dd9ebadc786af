import { type ClientCache, ConnectError, type Logger, type TaskClass } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { selectionOption } from '../../config/selected-topics.ts';
import type { RocketmqModule } from '../../rocketmq/types.ts';
import type { ConnectStore } from '../../store/store.ts';
import { RunSecrets } from '../run/run-secrets.ts';
import { createSinkTask } from '../sink/create-sink-task.ts';
import { WriteWindow } from '../sink/write-window.ts';
import type { LetterDeps, OpenTopic } from './open-topic.ts';
import type { Redriver } from './redriver.ts';
import { SinkRedriver } from './sink-redriver.ts';
import { SourceRedriver } from './source-redriver.ts';

export interface RedriverDeps extends LetterDeps {
  readonly store: Pick<ConnectStore, 'listTasks'>;
  readonly loadRocketmq: () => Promise<RocketmqModule>;
  readonly taskClasses: Readonly<Record<string, () => Promise<TaskClass>>>;
  readonly clients: ClientCache;
  readonly logger: Logger;
}

export interface RedriveRun {
  readonly spec: ConnectorSpec;
  /** The topic that the dead letters are in. */
  readonly opened: OpenTopic;
  /** Larger than that of every earlier redrive of the connector. */
  readonly epoch: number;
  /** No write may begin after it, ms since 1970. */
  readonly writeUntil: number;
}

/** Makes what sends the connector's records: to RocketMQ, or to its target, as its runs do. Throws SECRET_UNRESOLVED, or WRONG_STATE where it has no task. */
export async function openRedriver({ spec, opened, epoch, writeUntil }: RedriveRun, deps: RedriverDeps): Promise<Redriver> {
  const { logger, clients, store, taskClasses, resolveSecrets } = deps;
  const { rocketmq, queues } = opened;
  const secrets = new RunSecrets(spec, resolveSecrets);
  const config = await secrets.rocketmq();
  if (spec.direction === 'source') {
    const producers = await deps.loadRocketmq();
    return new SourceRedriver({ rocketmq: producers, letters: rocketmq, config, logger, sendUntil: writeUntil });
  }
  // Nobody asks one answer's worth of letters to stop.
  const window = new WriteWindow(writeUntil, new AbortController().signal);
  const createTask = async () => {
    const planned = (await store.listTasks(spec.name)).find((item) => item.planned !== undefined)?.planned;
    if (planned === undefined) {
      throw new ConnectError('WRONG_STATE', `connector ${spec.name} has no task that could write`, { remedy: 'apply its file again' });
    }
    const item = { connector: spec.name, task: 0, positions: new Map() };
    const taskConfig = { partitions: queues.names };
    const share = { item, lease: { epoch }, planned: { taskClass: planned.taskClass, taskConfig }, secrets, signal: window.signal };
    return createSinkTask({ ...share, deps: { taskClasses, clients, logger } });
  };
  return new SinkRedriver({
    createTask,
    rocketmq,
    openQueues: (topic) => rocketmq.openQueues(config, { names: [topic], option: selectionOption(config) }, clients),
    window,
    warn: (error) => logger.warn('not closed', { error: error.line }),
  });
}

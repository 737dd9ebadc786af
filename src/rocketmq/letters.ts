import { contentOf } from './record-mapping.ts';
import { shownMessage } from './shown-message.ts';
import type { LettersModule } from './types.ts';

/** What the planner needs of RocketMQ for dead letters; see `LettersModule`. */
export { listTopics, messageToSinkRecord, openQueues, openShared, storedToMessage } from './queues.ts';

export const showMessage: LettersModule['showMessage'] = ({ body, properties }, maxBytes) =>
  shownMessage(contentOf(body, properties), properties, maxBytes);

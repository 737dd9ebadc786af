import type { Position } from '../../api/index.ts';
import type { StoredMessage } from '../../rocketmq/types.ts';
import { positionBehind } from './queue-position.ts';

/** The place behind a message. Its position is made where it is asked for: a tracker asks for few of them. */
export class MessagePlace {
  readonly partition: string;
  readonly #message: StoredMessage;

  constructor(partition: string, message: StoredMessage) {
    this.partition = partition;
    this.#message = message;
  }

  get position(): Position {
    return positionBehind(this.#message);
  }
}

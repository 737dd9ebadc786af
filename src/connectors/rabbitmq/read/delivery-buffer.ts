import type { ReceiveRoom } from '../../../kit/index.ts';
import type { Delivery } from '../protocol/intake.ts';

/** Weight of the newest message in the average size: follows a change within some hundred messages. */
const SIZE_WEIGHT = 1 / 64;

/** Messages of one queue that were received and not handed out. */
export class DeliveryBuffer {
  readonly #room: ReceiveRoom;
  readonly #deliveries: Delivery[] = [];
  #received = 0;
  #averageBytes = 0;

  constructor(room: ReceiveRoom) {
    this.#room = room;
  }

  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** All that ever came. */
  get received(): number {
    return this.#received;
  }

  /** Of one message, about. */
  get averageBytes(): number {
    return this.#averageBytes;
  }

  add(delivery: Delivery): void {
    const bytes = bytesOf(delivery);
    this.#deliveries.push(delivery);
    this.#received += 1;
    this.#averageBytes += (bytes - this.#averageBytes) * Math.max(SIZE_WEIGHT, 1 / this.#received);
    this.#room.add(bytes);
  }

  /** Hands out the first `count` messages; all where it is absent. */
  remove(count = this.#deliveries.length): void {
    for (const delivery of this.#deliveries.splice(0, count)) this.#room.remove(bytesOf(delivery));
  }
}

const bytesOf = ({ body, rawProperties }: Delivery): number => body.length + rawProperties.length;

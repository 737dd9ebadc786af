import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Flags of the greeting: long passwords, the protocol since 4.1, encryption, transactions, the newer scramble, plugins for credentials. */
const CAPABILITIES = 0x00_08_aa_01;
const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
/** Rows of one column, `a`, without an end. */
const ENDLESS_ROWS = ['01', '03646566000000016101610c3f0004000000fd00000000', 'fe00000200', '0131', '0131'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/**
 * A MySQL server that stands still after so many answers on each connection, as one does whose process is frozen: its kernel still takes
 * connections. `answers`: for the first connection, the second one, and so on; 0 for those that come later. 1: it greets. 2: it lets the
 * user in, too. 3: it sets up a session. 4: it begins to answer a query.
 */
export class StillServer implements AsyncDisposable {
  connections = 0;
  /** What clients sent after each greeting. */
  requests = 0;
  readonly #open = new Set<Socket>();
  readonly #server;

  constructor(answers: readonly number[] = []) {
    this.#server = createServer((socket) => {
      let left = answers[this.connections] ?? 0;
      this.connections += 1;
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      socket.on('error', () => {});
      const script = [[greeting()], [OK], [OK], ENDLESS_ROWS];
      const answer = (from: number) => {
        const payloads = left > 0 ? (script.shift() ?? []) : [];
        left -= 1;
        socket.write(Buffer.concat(payloads.map((payload, index) => packet(from + index, payload))));
      };
      answer(0);
      socket.on('data', (request) => {
        this.requests += 1;
        answer((request[3] ?? 0) + 1);
      });
    });
  }

  /** Returns its address, as an option of a connector names it. */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async reached(goal: { readonly connections?: number; readonly requests?: number }): Promise<void> {
    while (this.connections < (goal.connections ?? 0) || this.requests < (goal.requests ?? 0)) await sleep(5);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function greeting(): Buffer {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(CAPABILITIES);
  const version = Buffer.from('\x0a8.0.36\0', 'latin1');
  const thread = Buffer.from([1, 0, 0, 0]);
  const utf8mb4AndAutocommit = Buffer.from([45, 2, 0]);
  const scramble = Buffer.from('12345678\0', 'latin1');
  const restOfScramble = Buffer.from('123456789012\0mysql_native_password\0', 'latin1');
  const lower = flags.subarray(0, 2);
  const upper = flags.subarray(2);
  return Buffer.concat([
    version,
    thread,
    scramble,
    lower,
    utf8mb4AndAutocommit,
    upper,
    Buffer.from([21]),
    Buffer.alloc(10),
    restOfScramble,
  ]);
}

function packet(sequence: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, payload]);
}

import { once } from 'node:events';
import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;
/** The protocol header that asks for SASL over AMQP 1.0. */
const SASL = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');

/** Rejects unless an AMQP 1.0 broker listens at the port: it answers with the same header. */
export async function amqpAnswers(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
  // A broker that is about to start or to end may close it without an answer.
  socket.on('end', () => socket.destroy(new Error('closed without an answer')));
  try {
    await once(socket, 'connect');
    socket.write(SASL);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (!answer.subarray(0, SASL.length).equals(SASL)) throw new Error(`answered ${answer.toString('latin1', 0, 20)}`);
  } finally {
    socket.destroy();
  }
}

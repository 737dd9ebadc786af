import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface LossyProxy {
  readonly url: string;
  /**
   * The next request is carried out, `meanwhile` happens, and its answer never arrives: the connection breaks instead.
   * The client can't tell that from a request that was never carried out.
   */
  loseNextAnswer(meanwhile?: () => Promise<unknown>): void;
  close(): Promise<void>;
}

/** An HTTP proxy before a real server, for the one failure that no server gives on demand: an answer that is lost. */
export async function startLossyProxy(target: string): Promise<LossyProxy> {
  let lose: { meanwhile?: (() => Promise<unknown>) | undefined } | undefined;
  const server = createServer(async (incoming, outgoing) => {
    const lost = lose;
    lose = undefined;
    const body = await buffer(incoming);
    const { method, headers } = incoming;
    const forwarded = httpRequest(new URL(incoming.url ?? '/', target), { method: method ?? 'POST', headers }, async (answer) => {
      const answered = await buffer(answer);
      if (lost === undefined) {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(answered);
        return;
      }
      await lost.meanwhile?.();
      outgoing.destroy();
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseNextAnswer(meanwhile) {
      lose = { meanwhile };
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface JsonServer {
  readonly url: string;
  /** For SDK clients. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  close(): Promise<void>;
}

/** An HTTP service of AWS, scripted, for answers that a real server doesn't give on demand. No answer: it leaves the caller waiting. */
export async function startJsonServer(answer: (body: unknown, request: IncomingMessage) => Answer | undefined): Promise<JsonServer> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const given = answer(body === '' ? undefined : JSON.parse(body), request);
    if (given === undefined) return;
    response.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(given.body === undefined ? '' : JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    clientConfig: { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

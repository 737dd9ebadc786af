import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsAction } from './aws-action.ts';

/** Answers a request itself, or leaves it to be forwarded by returning undefined. */
export type Intercept = (path: string, body: Buffer, headers: IncomingMessage['headers'], method?: string) => Promise<Answer | undefined>;

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An HTTP server that passes each request on as it is and counts them. */
export class Forwarder {
  /** `X-Amz-Target` of the requests so far: `DynamoDB_20120810.UpdateItem`. */
  readonly targets: string[] = [];
  /** What those of `sls` ask IAM about: `dynamodb:DescribeTable`. Functions have their role's name as access key. */
  readonly actions: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `as`: the access key that the target sees, whoever asks. It keeps apart what belongs to different ones. */
  static async start(target: string, intercept: Intercept = async () => undefined, as = 'test'): Promise<Forwarder> {
    const forwarder = new Forwarder(createServer());
    forwarder.#server.on('request', (incoming, outgoing) => {
      forwarder.#pass({ target: new URL(target), as }, incoming, outgoing, intercept).catch((error) => {
        outgoing.writeHead(502).end(JSON.stringify({ message: String(error) }));
      });
    });
    forwarder.#server.listen(0, '127.0.0.1');
    await once(forwarder.#server, 'listening');
    return forwarder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #pass(
    { target, as }: { readonly target: URL; readonly as: string },
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    intercept: Intercept,
  ): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const body = Buffer.concat(await incoming.toArray());
    if (headers['x-amz-target'] !== undefined) this.targets.push(String(headers['x-amz-target']));
    if (/Credential=test\//.test(String(headers.authorization)))
      this.actions.push(awsAction({ method, path, headers, body: body.toString('latin1') }));
    const answer = await intercept(path, body, headers, method);
    if (answer !== undefined) {
      outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
      return;
    }
    const authorization = headers.authorization?.replace(/Credential=[^/]+/, `Credential=${as}`);
    const onward = request({
      host: target.hostname,
      port: target.port,
      method,
      path,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    });
    onward.end(body);
    const [response] = (await once(onward, 'response')) as [IncomingMessage];
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
    response.pipe(outgoing);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

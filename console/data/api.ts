/** What the server refused, or that it did not answer. The message says what to do. */
export class ApiError extends Error {
  /** 0: no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Another try may be answered: the server was away, or failed itself. */
  get mayPass(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

const AWAY = 'the server of this page does not answer; start `rocketmq-connect serve` again';

/** Sends JSON and returns the answer's. Throws ApiError. */
export async function call<Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { method, ...sent, ...(signal && { signal }) });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, AWAY);
  }
  const answer: unknown = text === '' ? undefined : jsonOf(text);
  if (response.ok) return answer as Answer;
  const { message = `the server answered ${response.status}` } = (answer ?? {}) as { message?: string };
  throw new ApiError(response.status, message);
}

/** The path of a connector in Kafka Connect's API, or with `/api` before it in ours. */
export const pathOf = (name: string, rest = ''): string => `/connectors/${encodeURIComponent(name)}${rest}`;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

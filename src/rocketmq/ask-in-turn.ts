import { AnswerError } from './answer-errors.ts';

/**
 * Asks the endpoints (`host:port`, separated by `;`) in turn until one answers. `ask` gets the address and the time that it has, ms; all
 * together have `timeoutMs`. Rejects with what says most about why none did: by `isAnswer`, what a server itself has answered.
 */
export async function askInTurn<T>(
  endpoints: string,
  timeoutMs: number,
  ask: (address: string, timeoutMs: number) => Promise<T>,
  isAnswer: (error: unknown) => boolean = (error) => error instanceof AnswerError,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const addresses = endpoints.split(';').filter((address) => address !== '');
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    const share = (deadline - Date.now()) / (addresses.length - index);
    try {
      return await ask(address, share);
    } catch (error) {
      // What a server answered says more than that another one can't be reached.
      if (!isAnswer(failure)) failure = error;
    }
  }
  throw failure;
}

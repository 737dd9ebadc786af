import { ConnectError, type SinkRecord } from '../../api/index.ts';
import { partitionName } from './event.ts';
import type { Answer } from './function-client.ts';

/** What an answer says of the records of its event. */
export type Verdict =
  | { readonly failed: 'none' }
  /** Those before `at` are done. The one at `at` failed, and those behind come again with it. */
  | { readonly failed: 'from'; readonly at: number; readonly error: ConnectError }
  /** One of them failed, and it is not known which. */
  | { readonly failed: 'some'; readonly error: ConnectError };

/** A longer text would be cut where it becomes a dead letter. */
const MAX_TEXT = 400;
/** What Lambda says of a function that can't run its code at all: no record is at fault. */
const BROKEN =
  /^(Runtime\.(ImportModuleError|HandlerNotFound|UserCodeSyntaxError|MalformedHandlerName|NoSuchModule|InvalidEntrypoint)|Extension\.)/;

/** Judges as an event source mapping with ReportBatchItemFailures does. Throws a retriable error for a function that can't run. */
export function verdictOn(answer: Answer, records: readonly SinkRecord[], partition: number): Verdict {
  if ('tooLarge' in answer) return { failed: 'some', error: refusal('Lambda does not take an event of this size') };
  if ('threw' in answer) return { failed: 'some', error: refusal(`the function failed: ${whyItThrew(answer.threw)}`) };
  const returned = parse(answer.returned);
  if (returned === BROKEN_JSON) return { failed: 'some', error: refusal(`the function's answer is no JSON: ${cut(answer.returned)}`) };
  const failures = isObject(returned) ? (returned.batchItemFailures ?? []) : [];
  if (!Array.isArray(failures)) return unknown(returned);
  const places = failures.map((failure: unknown) => placeOf(failure, records, partition));
  if (places.includes(-1)) return unknown(returned);
  if (places.length === 0) return { failed: 'none' };
  return { failed: 'from', at: Math.min(...places), error: refusal('the function names it among the batchItemFailures of its answer') };
}

/** Where in the event the record is that an answer names; -1 for one that is not in it. */
function placeOf(failure: unknown, records: readonly SinkRecord[], partition: number): number {
  const named = isObject(failure) ? failure.itemIdentifier : undefined;
  if (!isObject(named)) return -1;
  return records.findIndex(({ topic, offset }) => named.partition === partitionName(topic, partition) && named.offset === offset);
}

const unknown = (returned: unknown): Verdict => ({
  failed: 'some',
  error: refusal(`the function's answer names what is not in its event: ${cut(JSON.stringify(returned))}`),
});

function whyItThrew(text: string): string {
  const said = parse(text);
  const { errorType, errorMessage } = isObject(said) ? said : {};
  const why = [errorType, errorMessage].filter((part) => typeof part === 'string' && part !== '').join(': ') || text || 'no reason given';
  if (typeof errorType === 'string' && BROKEN.test(errorType)) {
    throw new ConnectError('WRONG_STATE', `the function can't run: ${cut(why)}`, {
      retriable: true,
      remedy: 'deploy the function with its code and its handler: the task retries',
    });
  }
  return cut(why);
}

const refusal = (message: string): ConnectError =>
  new ConnectError('RECORD_REFUSED', message, { remedy: "look into the function's log, and correct the function or the record" });

const BROKEN_JSON = Symbol('no JSON');

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return BROKEN_JSON;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const cut = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`);

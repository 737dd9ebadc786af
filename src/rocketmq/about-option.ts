import { ConnectError } from '../api/index.ts';

/** Says of an error about the one topic of a connector that it is about a topic which another option names. */
export function aboutOption(error: ConnectError, option: string): ConnectError {
  const { code, message, retriable, remedy, cause } = error;
  if (option === 'rocketmq.topic' || !message.startsWith('rocketmq.topic: ')) return error;
  const text = message.replace('rocketmq.topic', option);
  return new ConnectError(code, text, { retriable, cause, ...(remedy !== undefined && { remedy }) });
}

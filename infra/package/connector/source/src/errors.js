import { toConnectError } from 'rocketmq-connect-serverless/api';
import { errorFrom } from 'rocketmq-connect-serverless/kit';

/** The meaning of the system's errors for a user, by their code. */
const ERRORS = {
  ENOENT: { code: 'NOT_FOUND', means: 'does not exist', remedy: 'correct source.folder, or create it' },
  ENOTDIR: { code: 'WRONG_KIND', means: 'is no folder', remedy: 'set source.folder to a folder' },
  EACCES: { code: 'FORBIDDEN', means: 'is not readable', remedy: 'let this user read it' },
};

/** @param {string} subject what the error is about, as `folder /var/spool` */
export function folderError(error, subject) {
  const entry = ERRORS[error?.code];
  return entry === undefined ? toConnectError(error) : errorFrom(entry, subject, error);
}

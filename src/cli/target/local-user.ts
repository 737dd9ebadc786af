import { hostname, userInfo } from 'node:os';

/** Returns `user@host`, for the history of what this process changes. */
export function localUser(): string {
  return `${userName()}@${hostname()}`;
}

/** A container may run as a user that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/**
 * Connections that outlive an invocation. A function keeps one cache for the life of its process, so that the next
 * invocation finds its clients warm; a command closes it before it exits.
 */
export interface ClientCache {
  /**
   * The client kept under `key`, or a new one. `key` says everything that the client depends on, with secrets hashed.
   * Two callers at once get the same client. A `create` that throws keeps nothing.
   * The client itself replaces connections that died, for example while its process was frozen.
   */
  get<T>(key: string, create: () => Promise<T>, close: (client: T) => Promise<void> | void): Promise<T>;
  /** Closes and forgets all. */
  close(): Promise<void>;
}

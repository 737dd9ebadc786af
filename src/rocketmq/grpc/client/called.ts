/** Says where a call went, for the error that names it. */
export interface Called {
  /** `host:port`. */
  readonly address: string;
  /** Whether rocketmq.tls is on. */
  readonly tls: boolean;
}

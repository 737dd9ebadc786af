/** The status of a proxy's answer as an error: its code is RocketMQ's. */
export class RefusedStatus extends Error {
  readonly code: number;

  constructor({ code, message }: { readonly code: number; readonly message: string }) {
    super(message);
    this.code = code;
  }
}

/** An address in the network. */
export interface HostPort {
  readonly host: string;
  /** Undefined where the text names none. */
  readonly port: number | undefined;
}

/** Reads `host:port`, `[v6]:port`, or either without a port. Undefined for other text. */
export function hostPort(text: string): HostPort | undefined {
  const groups = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  const host = groups?.v6 ?? groups?.name;
  return host === undefined ? undefined : { host, port: groups?.port === undefined ? undefined : Number(groups.port) };
}

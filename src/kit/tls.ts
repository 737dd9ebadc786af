/** A connection's encryption as users configure it (`tlsOptions` of src/config), secrets resolved. */
export interface TlsConfig {
  readonly enabled: boolean;
  /** PEM text, as `cert` and `key`. Absent: Node's own list and the file named by NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

/** The part of it that `tls.connect` takes; undefined where connections are plain. */
export function tlsConnectOptions(config: TlsConfig | undefined): Omit<TlsConfig, 'enabled'> | undefined {
  if (!config?.enabled) return undefined;
  const { enabled: _, ...options } = config;
  return options;
}

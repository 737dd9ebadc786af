import type { TcpProxy } from './tcp-proxy.ts';

/** What a network does to the connections of a run. */
export interface NetworkFault {
  readonly name: string;
  readonly begin: (proxy: TcpProxy) => void;
  /** Absent: it needs no end. Otherwise it keeps the run from copying everything, and ends after it. */
  readonly end?: (proxy: TcpProxy) => void;
}

/** `server`: what is behind the network, for the names. */
export function networkFaults(server: string): NetworkFault[] {
  const end = (proxy: TcpProxy) => proxy.mend();
  return [
    { name: `${server} is unreachable for the rest of the run`, begin: (proxy) => proxy.refuse(), end },
    { name: `the connections to ${server} are half-open`, begin: (proxy) => proxy.set({ swallow: true }), end },
    { name: `the answers of ${server} are lost`, begin: (proxy) => proxy.set({ swallow: true }, 'answer'), end },
    { name: `the connections to ${server} are cut`, begin: (proxy) => proxy.cut() },
    { name: `the connections to ${server} are reset`, begin: (proxy) => proxy.reset() },
  ];
}

import { javaTool } from '../../infra/local/install/java.ts';
import type { Server } from '../../infra/local/servers/server.ts';

/** A server of one test file ends before the second compiler of its Java has earned what it costs. */
export const shortLived = (server: Server): Server => ({
  ...server,
  processes: (site) =>
    server
      .processes(site)
      .map((process) =>
        process.command === javaTool('java') ? { ...process, args: ['-XX:TieredStopAtLevel=1', ...process.args] } : process,
      ),
});

import { DeleteScheduleCommand, paginateListSchedules, ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler';
import pMap from 'p-map';

/** The smallest regions allow 50 requests a second. The SDK waits and repeats requests that they refuse. */
const PARALLEL = 4;

/** Deletes every schedule of the group, and resolves to how many there were. A group that does not exist has none. */
export async function removeSchedules(config: object, group: string, report: (deleted: number) => void): Promise<number> {
  const client = new SchedulerClient(config);
  let deleted = 0;
  try {
    // It reads the list to the end first, because the pages of a shrinking list may skip some.
    const names: string[] = [];
    for await (const page of paginateListSchedules({ client }, { GroupName: group })) {
      names.push(...(page.Schedules ?? []).flatMap(({ Name }) => Name ?? []));
    }
    await pMap(
      names,
      async (Name) => {
        await client.send(new DeleteScheduleCommand({ Name, GroupName: group })).catch(ignoreMissing);
        deleted += 1;
        report(deleted);
      },
      { concurrency: PARALLEL },
    );
  } catch (error) {
    ignoreMissing(error);
  } finally {
    client.destroy();
  }
  return deleted;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ResourceNotFoundException)) throw error;
}

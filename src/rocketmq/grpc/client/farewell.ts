import { untilAborted, withPatience } from '../../../kit/index.ts';

/** A proxy finds out by itself, too, that a client is gone. */
const FAREWELL_MS = 1_000;

/** Resolves when `shutdown`, in which a client tells its proxies that it ends, is over, or after a second. Never rejects. */
export async function farewell(shutdown: Promise<void>): Promise<void> {
  await withPatience(FAREWELL_MS, (late) => untilAborted(shutdown, late)).catch(() => {});
}

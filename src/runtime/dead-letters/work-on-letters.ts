import { ConnectError, toConnectError } from '../../api/index.ts';
import type { ConnectorItem, ConnectStore } from '../../store/store.ts';
import type { LetterWorkPage, LetterWorkRequest } from '../planner-api.ts';
import { LetterPage } from './letter-page.ts';
import type { MarkStore } from './marks.ts';
import type { ScanPlace } from './messages-from.ts';
import { openRedriver, type RedriverDeps } from './open-redriver.ts';
import { type OpenTopic, openTopic } from './open-topic.ts';
import { type ParkedStore, standsStill } from './parked-letters.ts';

/** One answer comes after so long, so that people see progress. */
const PAGE_MS = 5_000;
/** What is on its way then may take so long: as long as a run tries a target that is away. */
const WRITE_MS = 35_000;
/** The lease outlives the page by this: clocks differ between machines. */
const LEASE_MARGIN_MS = 10_000;

export interface LetterWorkDeps extends RedriverDeps {
  readonly store: MarkStore & ParkedStore & RedriverDeps['store'] & Pick<ConnectStore, 'takeRedrive' | 'endRedrive'>;
  /** Names the holder of the lease, for people. */
  readonly owner: string;
  readonly isGone?: ((owner: string) => boolean) | undefined;
}

/**
 * Redrives or drops dead letters of the connector from the cursor on, in the order of their queues, and answers after some of them. What
 * became of each batch is stored before the next one is sent. Throws WRONG_STATE while another process does the same, as `openTopic` does,
 * and what the other side says where nothing could be sent.
 */
export async function workOnLetters(item: ConnectorItem, request: LetterWorkRequest, deps: LetterWorkDeps): Promise<LetterWorkPage> {
  const { name: connector, spec } = item;
  if (spec.errors.parkKeys === true && !(await standsStill(connector, deps.store))) throw notPaused(connector);
  const opened = await openTopic(spec, request.topic, deps);
  const end = Date.now() + PAGE_MS;
  try {
    const places = placesOf(request, opened);
    const taken = await deps.store.takeRedrive(connector, deps.owner, end + WRITE_MS + LEASE_MARGIN_MS, deps.isGone);
    if (taken.outcome === 'busy') throw busy(connector, taken);
    try {
      const open = () => openRedriver({ spec, opened, epoch: taken.lease.epoch, writeUntil: end + WRITE_MS }, deps);
      return await new LetterPage({ spec, request, opened, store: deps.store, openRedriver: open, end }).run(places);
    } finally {
      await deps.store.endRedrive(taken.lease).catch((error: unknown) => {
        deps.logger.warn('lease not given back, it will expire', { connector, error: toConnectError(error).line });
      });
    }
  } finally {
    opened.queues.close();
  }
}

/** Runs park the keys that a redrive frees. */
const notPaused = (connector: string): ConnectError =>
  new ConnectError('WRONG_STATE', `connector ${connector} parks keys (errors.parkKeys), and its tasks are not paused or still run`, {
    remedy: `\`rocketmq-connect pause ${connector}\`, wait until no task runs, and try again; then resume it`,
  });

/** Where each queue goes on. Throws CONFIG_INVALID for what is no cursor. */
function placesOf({ cursor }: LetterWorkRequest, { topic, queues }: OpenTopic): Record<string, ScanPlace> {
  const places = Object.entries(cursor ?? {}).map(([queue, { next, end }]) => {
    if (!queues.names.includes(queue) || !Number.isSafeInteger(next) || !Number.isSafeInteger(end)) {
      throw new ConnectError('CONFIG_INVALID', `cursor: ${JSON.stringify(queue)} is no part of topic ${topic}`, {
        remedy: 'list the dead letters once more',
      });
    }
    return [queue, { next, end }] as const;
  });
  return Object.fromEntries(places);
}

const busy = (connector: string, { owner, until }: { readonly owner: string; readonly until: number }): ConnectError =>
  new ConnectError('WRONG_STATE', `dead letters of connector ${connector} are being redriven or dropped by ${owner}`, {
    retriable: true,
    remedy: `wait for it; where it has died, until ${new Date(until).toISOString()}`,
  });

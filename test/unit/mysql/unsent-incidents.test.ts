import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError, type SourceRecord } from '../../../src/api/index.ts';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { LogCursor } from '../../../src/connectors/mysql/log/log-cursor.ts';
import { unsentIncidents } from '../../../src/connectors/mysql/log/open-start.ts';
import { StreamRecords } from '../../../src/connectors/mysql/log/stream-records.ts';
import { comparePlaces, type LogPlace, parsePosition } from '../../../src/connectors/mysql/position/position.ts';

type EventType = 'Gtid' | 'Xid' | 'Incident' | 'Rotate' | 'Gtid_list';

interface LoggedEvent {
  readonly type: EventType;
  readonly place: LogPlace;
  readonly end: number;
}

const BYTES = 100;
const SERVER = { isMariadb: true, serverId: 1 };
const config = mysqlSourceConfig.parse({ address: 'h:1', username: 'u', password: 'p', tables: ['d.*'] });

/** A log: each `Rotate` begins a new file. */
function logOf(types: readonly EventType[]): LoggedEvent[] {
  let file = 1;
  let offset = 4;
  return types.map((type) => {
    const event = { type, place: { file: `b.${file}`, offset }, end: offset + BYTES };
    if (type === 'Rotate') file += 1;
    offset = type === 'Rotate' ? 4 : offset + BYTES;
    return event;
  });
}

/** Answers as a server does that has this log. */
const serverOf = (log: readonly LoggedEvent[]) => ({
  query: async <T>(sql: string, [file, from]: readonly unknown[] = []): Promise<T[]> => {
    if (sql === 'SHOW BINARY LOGS') return [...new Set(log.map(({ place }) => place.file))].map((Log_name) => ({ Log_name })) as T[];
    const limit = Number(/LIMIT (\d+)/.exec(sql)?.[1]);
    return log
      .filter(({ place }) => place.file === file && place.offset >= Number(from))
      .slice(0, limit)
      .map(({ type, place, end }) => ({ Pos: place.offset, Event_type: type, End_log_pos: end, Info: '' })) as T[];
  },
});

const behind = ({ place, end }: LoggedEvent): LogPlace => ({ file: place.file, offset: end });

/** The ids of what is refused in a run from a position to the end of a log, and the position then. */
async function run(position: string, log: readonly LoggedEvent[]): Promise<{ ids: string[]; position: string }> {
  const { boundary } = parsePosition(position);
  const at = 'gtids' in boundary ? boundary.at : undefined;
  const looked = await unsentIncidents(serverOf(log), at as LogPlace, behind(log.at(-1) as LoggedEvent));
  const cursor = new LogCursor({ boundary }, SERVER, 'abc', 0);
  const records = new StreamRecords({ connector: 'c', config, selection: new Selection(config), serverId: 1, cursor });
  const made: SourceRecord[] = [];
  for (const item of looked?.items ?? []) records.add(item, made);
  return { ids: made.map(({ id }) => id), position: cursor.boundary };
}

describe('incidents that a server may not send', () => {
  it('are those between the end of a transaction and the next one, in whichever file that begins', async () => {
    const quiet = fc.constantFrom<EventType>('Incident', 'Rotate', 'Gtid_list');
    await fc.assert(
      fc.asyncProperty(fc.array(quiet, { maxLength: 30 }), fc.array(quiet, { maxLength: 5 }), async (before, after) => {
        const log = logOf(['Gtid', 'Xid', ...before, 'Gtid', 'Xid', ...after]);
        const from = behind(log[1] as LoggedEvent);
        const next = log[before.length + 2] as LoggedEvent;
        const { items, reached } = (await unsentIncidents(serverOf(log), from, behind(log.at(-1) as LoggedEvent))) ?? { items: [] };
        const begun = items.flatMap((item) => (item.kind === 'begin' ? [item.place] : []));
        const expected = log.filter(({ type, place }) => type === 'Incident' && comparePlaces(place, next.place) < 0);
        expect(begun).toEqual(expected.map(({ place }) => place));
        expect(reached).toEqual(next.place);
      }),
    );
  });

  it('that come right at the end of a run are refused by the next one, and by none after it that goes on behind them', async () => {
    const log = logOf(['Gtid', 'Xid', 'Incident', 'Rotate', 'Gtid_list', 'Incident']);
    const first = await run('gtid:0-1-1@1:b.1:204', log);
    expect(first.ids).toEqual(['b.1:204:0', 'b.2:104:0']);
    expect((await run(first.position, log)).ids).toEqual([]);
    const [, second] = log.filter(({ type }) => type === 'Incident');
    expect(first.position).toBe(`gtid:0-1-1@1:b.2:${(second as LoggedEvent).end}`);
  });

  it('are not refused once more where a server sends them with what follows', () => {
    const cursor = new LogCursor(parsePosition('gtid:0-1-1@1:b.1:304'), SERVER, 'abc', 0);
    const place = (offset: number) => ({ file: 'b.1', offset });
    cursor.begin({ kind: 'begin', gtid: '', place: place(204) });
    expect(cursor.row()).toBeUndefined();
    cursor.end({ kind: 'end', place: place(304), timestamp: 0, fate: 'committed' });
    expect(cursor.boundary).toBe('gtid:0-1-1@1:b.1:304');
    cursor.begin({ kind: 'begin', gtid: '', place: place(304) });
    expect(cursor.row()).toBeDefined();
  });

  it('are not looked for in a log that does not have the place', async () => {
    const cause = { code: 'ER_ERROR_WHEN_EXECUTING_COMMAND' };
    const server = { query: () => Promise.reject(new ConnectError('UNREACHABLE', 'wrong offset', { cause })) };
    expect(await unsentIncidents(server, { file: 'b.1', offset: 9 }, { file: 'b.1', offset: 99 })).toBeUndefined();
  });
});

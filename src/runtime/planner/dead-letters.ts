import { ConnectError } from '../../api/index.ts';
import type {
  DeadLetterRequest,
  DeadLettersPage,
  DeadLettersRequest,
  LetterWorkPage,
  LetterWorkRequest,
  ShownLetter,
} from '../planner-api.ts';
import type { ChangeDeps } from './change-record.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { mustExist } from './status.ts';

/** Lists dead letters of a connector. What reads them is loaded when it is asked for. */
export async function deadLetters({ connector, ...request }: DeadLettersRequest, deps: PlannerDeps): Promise<DeadLettersPage> {
  const { spec } = await mustExist(connector, deps);
  const { listLetters } = await import('../dead-letters/list-letters.ts');
  return listLetters(spec, request, deps);
}

/** Shows one of them whole. */
export async function deadLetter({ connector, place, topic }: DeadLetterRequest, deps: PlannerDeps): Promise<ShownLetter> {
  if (typeof place !== 'string')
    throw new ConnectError('CONFIG_INVALID', 'place: none is named', { remedy: 'name one as `dlq list` does' });
  const { spec } = await mustExist(connector, deps);
  const { showLetter } = await import('../dead-letters/show-letter.ts');
  return showLetter(spec, { place, ...(topic !== undefined && { topic }) }, deps);
}

/** Redrives or drops some of them. Requests that go on with each other are one change of the history. */
export async function letterWork(request: LetterWorkRequest, deps: ChangeDeps): Promise<LetterWorkPage> {
  const item = await mustExist(request.connector, deps);
  deps.logger.warn(request.action === 'drop' ? 'a user drops dead letters' : 'a user redrives dead letters', { connector: item.name });
  const { workOnLetters } = await import('../dead-letters/work-on-letters.ts');
  const { change } = deps;
  await change.goOn(item.name, request.change);
  const { letters = 0 } = change.details;
  await change.begin(item.name, { generation: item.generation }, { letters });
  const page = await workOnLetters(item, request, deps);
  change.add({ letters: letters + page.done });
  return { ...page, ...(change.id !== undefined && { change: change.id }) };
}

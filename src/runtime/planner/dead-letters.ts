import { ConnectError } from '../../api/index.ts';
import type {
  DeadLetterRequest,
  DeadLettersPage,
  DeadLettersRequest,
  LetterWorkPage,
  LetterWorkRequest,
  ShownLetter,
} from '../planner-api.ts';
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

/** Redrives or drops some of them. */
export async function letterWork(request: LetterWorkRequest, deps: PlannerDeps): Promise<LetterWorkPage> {
  const item = await mustExist(request.connector, deps);
  deps.logger.warn(request.action === 'drop' ? 'a user drops dead letters' : 'a user redrives dead letters', { connector: item.name });
  const { workOnLetters } = await import('../dead-letters/work-on-letters.ts');
  return workOnLetters(item, request, deps);
}

import { ConnectError } from '../../api/index.ts';
import type { Actor } from '../../store/store.ts';
import type { PlannerRequest } from '../planner-api.ts';
import type { PlannerDeps } from './planner-deps.ts';

/** IAM's longest ARNs have 2,048 characters, those of people far fewer. */
const LONGEST = 512;

/**
 * Says who asks. What the request says is a claim: Lambda does not tell a function who invokes it. The planner's own process knows its user,
 * and the id of its request. Throws CONFIG_INVALID for what is no name.
 */
export function actorOf({ actor }: PlannerRequest, { caller }: Pick<PlannerDeps, 'caller'>): Actor {
  const { name, request } = caller?.() ?? {};
  if (actor !== undefined && (typeof actor !== 'string' || actor.length > LONGEST || /\p{Cc}/u.test(actor))) {
    throw new ConnectError('CONFIG_INVALID', `actor: a name of at most ${LONGEST} characters is expected`, {
      remedy: 'send who asks, or leave it out',
    });
  }
  const who = actor ?? name;
  return { ...(who !== undefined && { name: who }), claimed: actor !== undefined, ...(request !== undefined && { request }) };
}

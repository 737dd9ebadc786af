import { ConnectError } from '../../../api/index.ts';

/** A receive passes through more hands in a proxy and its broker than the small request that is timed against it. */
const ROUND_TRIPS = 8;
/** A pause of a proxy is no reason to fail a run that has copied all it was given. */
const ATTEMPTS = 3;

/**
 * Resolves when a proxy has answered eight small requests in a row: however slow it is and the network, a receive is no slower. `ask` sends
 * one. Rejects as it does, at once, or where one request gets no answer three times (TIMEOUT).
 */
export async function roundTrips(ask: () => Promise<void>): Promise<void> {
  for (let count = 0; count < ROUND_TRIPS; count += 1) await answered(ask);
}

async function answered(ask: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof ConnectError) || error.code !== 'TIMEOUT') throw error;
    }
  }
}

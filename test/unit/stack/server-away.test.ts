import { describe, expect, it } from '@jest/globals';
import { againIfAway } from '../../../infra/local/main-job/server-away.ts';
import { ConnectError } from '../../../src/api/index.ts';
import { PlannerFailure } from '../../../src/cli/terminal/failures.ts';

const message = "rocketmq.endpoints: can't reach 127.0.0.1:8081";

describe('an error that ends npm start', () => {
  it.each([
    { of: 'the planner', error: new PlannerFailure({ code: 'UNREACHABLE', message, retriable: true }) },
    { of: 'the program itself', error: new ConnectError('TIMEOUT', message, { retriable: true }) },
  ])('of $of says that the same command starts servers again, where one was away', ({ error }) => {
    expect(againIfAway(error)).toMatch(/same command again: it starts the servers .* that have stopped/);
  });

  it.each([
    new PlannerFailure({ code: 'CONFIG_INVALID', message, retriable: false }),
    new ConnectError('FORBIDDEN', message),
    new Error(message),
  ])('says nothing of that where no server was away', (error) => {
    expect(againIfAway(error)).toBeUndefined();
  });
});

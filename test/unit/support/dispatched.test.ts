import { expect, it } from '@jest/globals';
import { dispatched } from '../../../infra/local/rocketmq-admin/dispatched.ts';
import { RefusedRequest, type RemotingServer } from '../../../infra/local/rocketmq-admin/remoting-server.ts';

it('waits for a broker that has just started and refuses to tell its statistics', async () => {
  const remark = 'java.util.NoSuchElementException, java.base/java.util.LinkedList.getLast(LinkedList.java:261)';
  const answer = { code: 0, remark: '', fields: {}, body: Buffer.from('{"table":{"commitLogMaxOffset":"7","dispatchBehindBytes":"0"}}') };
  let asked = 0;
  const request = async () => {
    asked += 1;
    if (asked < 3) throw new RefusedRequest('broker', { ...answer, code: 1, remark });
    return answer;
  };
  await dispatched({ request } as unknown as RemotingServer);
  expect(asked).toBe(4);
});

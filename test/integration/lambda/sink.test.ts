import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LambdaLab, numbers, queued, write, writeAll } from './lambda-lab.ts';

const MIB = 1024 * 1024;

let lab: LambdaLab;
beforeAll(async () => {
  lab = await LambdaLab.open({
    obedient: { handler: 'obedient', qualifiers: ['prod'] },
    hurried: { handler: 'obedient', timeoutSeconds: 2 },
    broken: { handler: 'broken' },
  });
});
beforeEach(() => {
  lab.server.invocations.length = 0;
  lab.server.faults.length = 0;
});
afterAll(() => lab[Symbol.asyncDispose]());

const got = () => lab.server.invocations.map(({ offsets }) => offsets);
const plain = (count: number) => Array.from({ length: count }, () => 'plain');
/** `count` values, of which some are told. */
const told = (count: number, told: Readonly<Record<number, string>>) => plain(count).map((value, index) => told[index] ?? value);

describe('a function', () => {
  it('gets the records of a lane in their order, so many at a time', async () => {
    const task = await lab.task({ function: 'obedient', batchSize: 40 });
    const records = queued(plain(100));
    await write(task, records.slice(0, 50));
    await write(task, records.slice(50));
    expect(got()).toEqual([numbers(0, 40), numbers(40, 50), numbers(50, 90), numbers(90, 100)]);
  });

  it.each([
    ['obedient:prod', 'obedient', 'Qualifier=prod'],
    ['arn:aws:lambda:eu-central-1:123456789012:function:obedient', 'arn', undefined],
    ['arn:aws:lambda:eu-central-1:123456789012:function:obedient:prod', 'arn', 'Qualifier=prod'],
  ])('is found as %s', async (name, path, query) => {
    await write(await lab.task({ function: name }), queued(plain(1)));
    expect(lab.server.invocations[0]?.path).toMatch(
      new RegExp(`/functions/${path}.*/invocations${query === undefined ? '$' : `\\?${query}$`}`),
    );
  });

  it('gets no event of 6 MiB or more, and all records', async () => {
    const task = await lab.task({ function: 'obedient', batchSize: 1_000 });
    // Headers take four times their bytes, and values a third more.
    const headers = [{ name: 'h', value: Buffer.alloc(300_000, 255) }];
    const records = queued(plain(12), (offset) => (offset % 2 === 0 ? { headers } : { value: Buffer.alloc(700_000) }));
    await write(task, records);
    expect(got().flat()).toEqual(numbers(0, 12));
    expect(got().length).toBeGreaterThan(1);
    expect(Math.max(...lab.server.invocations.map(({ bytes }) => bytes))).toBeLessThan(6 * MIB);
  });

  it('gets no record that makes too large an event by itself, and all others', async () => {
    const task = await lab.task({ function: 'obedient' });
    const refused = await writeAll(
      task,
      queued(plain(5), (offset) => (offset === 2 ? { value: Buffer.alloc(5 * MIB) } : {})),
    );
    expect(refused).toEqual([[2, expect.stringMatching(/^it makes an event of \d{7} bytes/)]]);
    expect(got().flat()).toEqual([0, 1, 3, 4]);
  });

  it('gets no record that is older than it may be', async () => {
    const task = await lab.task({ function: 'obedient', maxRecordAgeMs: '1h' });
    const old = new Date('2020-01-01T00:00:00Z').getTime();
    const refused = await writeAll(
      task,
      queued(plain(8), (offset) => (offset < 3 ? { storedAt: old } : {})),
    );
    expect(refused.map(([offset]) => offset)).toEqual([0, 1, 2]);
    expect(refused[0]?.[1]).toBe('it was stored at 2020-01-01T00:00:00.000Z, longer ago than sink.maxRecordAgeMs');
    expect(got().flat()).toEqual(numbers(3, 8));
  });
});

describe('a function that fails', () => {
  it.each([
    ['throw', 'the function failed: TypeError: no order has this form'],
    ['exit', 'the function failed: Runtime.ExitError: exited with 3'],
    ['large', /^the function failed: Function\.ResponseSizeTooLarge: /],
    ['answer {"batchItemFailures":[{"itemIdentifier":{"partition":"orders-0","offset":999}}]}', /names what is not in its event/],
  ])('on one record, by %s, gets it alone, three times, and all others once it is found', async (value, reason) => {
    const task = await lab.task({ function: 'obedient', batchSize: 50 });
    expect(await writeAll(task, queued(told(100, { 17: value })))).toEqual([
      [17, typeof reason === 'string' ? reason : expect.stringMatching(reason)],
    ]);
    const events = got();
    expect(events.filter((offsets) => offsets.length === 1 && offsets[0] === 17)).toHaveLength(3);
    // Those before it were done before it was refused, those behind it after that.
    const last = events.findLastIndex((offsets) => offsets.includes(17));
    const done = events.filter((offsets) => !offsets.includes(17));
    expect(done.flat()).toEqual([...numbers(0, 17), ...numbers(18, 100)]);
    expect(events.slice(last + 1).flat()).toEqual(numbers(18, 100));
    expect(events.length).toBeLessThan(30);
  });

  it('for a while only, gets each record that it has not done again', async () => {
    const task = await lab.task({ function: 'obedient' });
    expect(await writeAll(task, queued(told(10, { 4: 'throw once' })))).toEqual([]);
    expect([...new Set(got().flat())]).toEqual(numbers(0, 10));
  });

  it('by name, is done with those before, and gets those behind again', async () => {
    const task = await lab.task({ function: 'obedient', maxAttempts: 2 });
    expect(await writeAll(task, queued(told(10, { 6: 'name', 8: 'name' })))).toEqual([
      [6, 'the function names it among the batchItemFailures of its answer'],
      [8, 'the function names it among the batchItemFailures of its answer'],
    ]);
    expect(got().slice(0, 2)).toEqual([numbers(0, 10), numbers(6, 10)]);
    expect(got().filter((offsets) => offsets.includes(5))).toHaveLength(1);
  });

  it('by its timeout, is invoked with fewer, and then without', async () => {
    const task = await lab.task({ function: 'hurried', maxAttempts: 1 });
    expect(await writeAll(task, queued(told(4, { 1: 'sleep' })))).toEqual([
      [1, expect.stringMatching(/^the function failed: Sandbox\.Timedout: .*Task timed out after 2\.00 seconds$/)],
    ]);
    expect(got()).toEqual([[0, 1, 2, 3], [0, 1], [0], [1], [2, 3]]);
  });

  it('for want of its code, fails the run and no record', async () => {
    const task = await lab.task({ function: 'broken' });
    await expect(write(task, queued(plain(10)))).rejects.toMatchObject({
      code: 'WRONG_STATE',
      retriable: true,
      message: expect.stringMatching(/^the function can't run: Runtime\.ImportModuleError: /),
    });
    expect(got()).toEqual([numbers(0, 10)]);
  });
});

describe('a request', () => {
  it.each([
    [{ status: 429, type: 'TooManyRequestsException', message: 'Rate Exceeded.' }, 'THROTTLED'],
    [{ status: 500, type: 'ServiceException' }, 'UNREACHABLE'],
    [{ status: 503, type: 'ServiceUnavailable' }, 'UNREACHABLE'],
    [{ status: 502, type: 'EC2ThrottledException' }, 'THROTTLED'],
    [{ status: 409, type: 'ResourceConflictException' }, 'WRONG_STATE'],
    ['cut before' as const, 'UNREACHABLE'],
    ['cut after' as const, 'UNREACHABLE'],
  ])('that fails by %j is tried again from there: what the function has done does not come again', async (fault, code) => {
    const task = await lab.task({ function: 'obedient', batchSize: 5 });
    const records = queued(plain(15));
    lab.server.faults.push('none', fault);
    await expect(write(task, records)).rejects.toMatchObject({ code, retriable: true });
    await write(task, records);
    const came = got().flat();
    expect([...new Set(came)]).toEqual(numbers(0, 15));
    // Where the answer alone was lost, what had come comes again.
    expect(came).toHaveLength(fault === 'cut after' ? 20 : 15);
  });

  it('for a function that is not there, or that this caller may not invoke, fails the task', async () => {
    await expect(write(await lab.task({ function: 'other' }), queued(plain(1)))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      retriable: false,
      remedy: expect.stringContaining('sink.function'),
    });
    lab.server.faults.push({
      status: 403,
      type: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::1:assumed-role/task is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:eu-central-1:123456789012:function:obedient because no identity-based policy allows the lambda:InvokeFunction action',
    });
    await expect(write(await lab.task({ function: 'obedient' }), queued(plain(1)))).rejects.toMatchObject({
      code: 'FORBIDDEN',
      retriable: false,
      remedy: expect.stringContaining(
        '{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-central-1:123456789012:function:obedient"}',
      ),
    });
  });

  it('is not made after the time of the run', async () => {
    const task = await lab.task({ function: 'obedient' });
    await expect(write(task, queued(plain(1)), Date.now() - 1)).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    expect(got()).toEqual([]);
  });
});

describe('a check', () => {
  it('invokes nothing, and finds nothing wrong with a function that is there', async () => {
    expect(await lab.check({ function: 'obedient' })).toEqual([]);
    expect(await lab.check({ function: 'obedient:prod' })).toEqual([]);
    expect(got()).toEqual([]);
  });

  it.each(['other', 'obedient:dev'])('says that there is no function %s', async (name) => {
    expect(await lab.check({ function: name })).toEqual([
      {
        level: 'error',
        code: 'NOT_FOUND',
        option: 'sink.function',
        message: `function ${name} does not exist`,
        remedy: 'deploy the function, or correct sink.function and sink.region',
      },
    ]);
  });

  it('waits a moment for a right that a deployment has just given', async () => {
    const denied = { status: 403, type: 'AccessDeniedException' };
    lab.server.faults.push(denied, denied);
    expect(await lab.check({ function: 'obedient' })).toEqual([]);
    expect(lab.server.faults).toEqual([]);
  });

  it('names the region where nothing answers', async () => {
    const before = process.env.AWS_ENDPOINT_URL_LAMBDA;
    process.env.AWS_ENDPOINT_URL_LAMBDA = 'http://127.0.0.1:1';
    try {
      expect(await lab.check({ function: 'elsewhere' })).toMatchObject([{ code: 'UNREACHABLE', option: 'sink.region' }]);
    } finally {
      process.env.AWS_ENDPOINT_URL_LAMBDA = before;
    }
  });
});

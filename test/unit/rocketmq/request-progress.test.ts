import { describe, expect, it } from '@jest/globals';
import { RequestProgress } from '../../../src/rocketmq/grpc/request-progress.ts';

const KIB = 1024;

describe('the progress of a request over a slow network', () => {
  it('grows as bytes are sent, whatever was sent before', () => {
    let sent = 5_000 * KIB;
    const progress = new RequestProgress(() => sent, 4_000 * KIB);
    expect(progress.steps).toBe(0);
    sent += 200 * KIB;
    const before = progress.steps;
    expect(before).toBeGreaterThan(0);
    sent += 200 * KIB;
    expect(progress.steps).toBeGreaterThan(before);
  });

  it('is none where only small requests are sent', () => {
    let sent = 0;
    const progress = new RequestProgress(() => sent, 4_000 * KIB);
    for (let count = 0; count < 20; count += 1) sent += 500;
    expect(progress.steps).toBe(0);
  });

  it('ends once the request must have been sent twice, also where others go on', () => {
    let sent = 0;
    const progress = new RequestProgress(() => sent, 1_000 * KIB);
    sent = 2_000 * KIB;
    const end = progress.steps;
    sent = 1_000_000 * KIB;
    expect(progress.steps).toBe(end);
  });

  it('does not go back', () => {
    let sent = 0;
    const progress = new RequestProgress(() => sent, 1_000 * KIB);
    sent = 500 * KIB;
    const { steps } = progress;
    sent = 0;
    expect(progress.steps).toBe(steps);
  });
});

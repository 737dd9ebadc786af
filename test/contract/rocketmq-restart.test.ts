import { harnesses } from './harness/registry.ts';
import { rocketmqRestartCases } from './source-connector/rocketmq-restart-cases.ts';

rocketmqRestartCases(harnesses);

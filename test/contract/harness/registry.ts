import { activemqHarness } from './activemq.ts';
import { kafkaHarness } from './kafka.ts';
import { mysqlHarness } from './mysql.ts';
import { rabbitmqHarness } from './rabbitmq.ts';
import type { SourceHarness } from './source-harness.ts';

/** A harness for every source type of `src/connectors/registry.ts`. */
export const harnesses: readonly SourceHarness[] = [activemqHarness, kafkaHarness, mysqlHarness, rabbitmqHarness];

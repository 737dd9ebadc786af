import type { MainJobSystem } from '../comparison/source.ts';
import { activemqSystem } from './activemq.ts';
import { kafkaSystem } from './kafka.ts';
import { mysqlSystem } from './mysql.ts';
import { rabbitmqSystem } from './rabbitmq.ts';

/** The systems that `npm start -- --source` takes. */
export const systems: Readonly<Record<string, MainJobSystem>> = {
  kafka: kafkaSystem,
  rabbitmq: rabbitmqSystem,
  activemq: activemqSystem,
  mysql: mysqlSystem,
};

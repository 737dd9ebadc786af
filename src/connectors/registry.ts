import type { ConnectorType, TaskClass } from '../api/index.ts';

/** Every connector type and how to load it: the planner and the command line load specs, a task function only its task class. */
export const connectorTypes: Readonly<Record<string, () => Promise<ConnectorType>>> = {
  'activemq-source': async () => (await import('./activemq/index.ts')).activemqSource as ConnectorType,
  'activemq-sink': async () => (await import('./activemq/index.ts')).activemqSink as ConnectorType,
  'kafka-source': async () => (await import('./kafka/index.ts')).kafkaSource as ConnectorType,
  'kafka-sink': async () => (await import('./kafka/index.ts')).kafkaSink as ConnectorType,
  'lambda-sink': async () => (await import('./lambda/index.ts')).lambdaSink as ConnectorType,
  'rabbitmq-source': async () => (await import('./rabbitmq/index.ts')).rabbitmqSource as ConnectorType,
  'rabbitmq-sink': async () => (await import('./rabbitmq/index.ts')).rabbitmqSink as ConnectorType,
  'mysql-source': async () => (await import('./mysql/index.ts')).mysqlSource as ConnectorType,
  'mysql-sink': async () => (await import('./mysql/index.ts')).mysqlSink as ConnectorType,
};

/** Task classes by the name that connectors give (`Connector.taskClass`). */
export const taskClasses: Readonly<Record<string, () => Promise<TaskClass>>> = {
  ActivemqSourceTask: async () => ({ direction: 'source', create: (await import('./activemq/source.ts')).ActivemqSourceTask }),
  ActivemqSinkTask: async () => ({ direction: 'sink', create: (await import('./activemq/sink/sink.ts')).ActivemqSinkTask }),
  KafkaSourceTask: async () => ({ direction: 'source', create: (await import('./kafka/source.ts')).KafkaSourceTask }),
  KafkaSinkTask: async () => ({ direction: 'sink', create: (await import('./kafka/sink/sink.ts')).KafkaSinkTask }),
  LambdaSinkTask: async () => ({ direction: 'sink', create: (await import('./lambda/sink.ts')).LambdaSinkTask }),
  RabbitmqSourceTask: async () => ({ direction: 'source', create: (await import('./rabbitmq/source.ts')).RabbitmqSourceTask }),
  RabbitmqSinkTask: async () => ({ direction: 'sink', create: (await import('./rabbitmq/sink/sink.ts')).RabbitmqSinkTask }),
  MysqlSourceTask: async () => ({ direction: 'source', create: (await import('./mysql/source.ts')).MysqlSourceTask }),
  MysqlSinkTask: async () => ({ direction: 'sink', create: (await import('./mysql/sink/sink.ts')).MysqlSinkTask }),
};

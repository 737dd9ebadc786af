import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { ChannelCredentials } from '@grpc/grpc-js';
import { expect, it } from '@jest/globals';
import ZongJi, { type ColumnSchema, type TableMapEvent } from '@vlasky/zongji';
import { createConnection } from 'mysql2';
import rhea from 'rhea';
import { Producer, SimpleConsumer } from 'rocketmq-client-nodejs';
import { silentLogger } from '../../../src/api/index.ts';
import { rheaInternals } from '../../../src/connectors/activemq/protocol/rhea-internals.ts';
import { type InnerReader, zongjiInternals } from '../../../src/connectors/mysql/log/zongji-internals.ts';
import { mysql2Internals } from '../../../src/connectors/mysql/server/mysql2-internals.ts';
import { amqplibInternals } from '../../../src/connectors/rabbitmq/protocol/amqplib-internals.ts';
import { requireInternals, type VendorInternals } from '../../../src/kit/vendor-internals.ts';
import { clientInternals } from '../../../src/rocketmq/grpc/client/client-internals.ts';
import { grpcInternals } from '../../../src/rocketmq/grpc/client/grpc-internals.ts';

const packages = '../../../node_modules';
const require = createRequire(import.meta.url);
const manifest = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** A real object of each part that the connectors use, by the names that they give to parts. */
const realObjects = new Map<VendorInternals, () => Promise<Record<string, object>> | Record<string, object>>([
  [amqplibInternals, amqplibObjects],
  [rheaInternals, rheaObjects],
  [mysql2Internals, mysql2Objects],
  [zongjiInternals, zongjiObjects],
  [clientInternals, rocketmqObjects],
  [grpcInternals, grpcObjects],
]);

function amqplibObjects() {
  const { Connection } = require(`${packages}/amqplib/lib/connection.js`);
  const { Channel, ConfirmChannel } = require(`${packages}/amqplib/lib/channel_model.js`);
  const connection = new Connection(new PassThrough());
  // The server names its properties as the connection opens.
  expect(String(Connection.prototype.open)).toContain('self.serverProperties = start.fields.serverProperties');
  connection.serverProperties = {};
  // A channel has a number once it is open.
  const confirming = Object.assign(new ConfirmChannel(connection), { ch: 1 });
  expect(String(ConfirmChannel.prototype.allocate)).toContain('this.ch = this.connection.freshChannel');
  return { Connection: connection, Channel: new Channel(connection), ConfirmChannel: confirming };
}

function rocketmqObjects() {
  const client = new Producer({ endpoints: '127.0.0.1:1', namespace: '', logger: silentLogger });
  const options = { endpoints: '127.0.0.1:1', namespace: '', consumerGroup: 'group', subscriptions: new Map(), logger: silentLogger };
  const consumer = new SimpleConsumer(options);
  // They would go on to look for idle connections.
  for (const each of [client, consumer]) each.getRpcClientManager().close();
  return { Client: client, Channels: client.getRpcClientManager(), SimpleConsumer: consumer };
}

function grpcObjects() {
  const credentials = ChannelCredentials.createInsecure();
  return { ChannelCredentials: credentials, SecureConnector: credentials._createSecureConnector({ path: '127.0.0.1:1' }, {}) };
}

function rheaObjects() {
  const connection = rhea.create_container().create_connection({
    reconnect: false,
    connection_details: () => ({ connect: () => new PassThrough() }),
  } as never);
  connection.connect();
  const session = connection.create_session(1);
  return { message: rhea.message, Connection: connection, Session: session, Receiver: session.attach_receiver({ credit_window: 0 }) };
}

const connection = () => createConnection({ stream: () => new PassThrough() as never, connectTimeout: 0 });

function mysql2Objects() {
  return { Connection: connection(), Packet: packetOf(Buffer.alloc(30)) };
}

function packetOf(payload: Buffer) {
  const Packet = require(`${packages}/mysql2/lib/packets/packet.js`);
  return new Packet(0, Buffer.concat([Buffer.alloc(4), payload]), 0, payload.length + 4);
}

async function zongjiObjects() {
  const reader = new ZongJi({});
  const { default: initBinlogClass } = await import(`${packages}/@vlasky/zongji/lib/sequence/binlog.js`);
  const Binlog = initBinlogClass(reader) as InnerReader['BinlogClass'] & (new (take: (error: unknown, event: object) => void) => object);
  const decode = (type: number, body: Buffer): object => {
    let event = {};
    const binlog = new Binlog((error, decoded) => {
      if (error) throw error;
      event = decoded;
    });
    Binlog.prototype.binlogData.call(binlog as never, eventPacket(type, body), connection());
    return event;
  };
  const table = decode(TABLE_MAP, TABLE) as TableMapEvent & { buildColumnSchemas(): ColumnSchema[]; updateColumnInfo(): void };
  expect(table).toMatchObject({ schemaName: 'shop', tableName: 't', columnNames: ['a', 'b'] });
  // A reader that is connected does the same before it decodes rows.
  reader.tableMap[1] = { columnSchemas: table.buildColumnSchemas(), parentSchema: 'shop', tableName: 't' };
  table.updateColumnInfo();
  const rows = decode(UPDATE_ROWS, ROWS);
  expect(rows).toMatchObject({ rows: [{ before: { a: 1, b: 'x' }, after: { a: 1, b: 'x' } }] });
  return { ZongJi: reader, Binlog: Binlog.prototype, TableMap: table, UpdateRows: rows };
}

const TABLE_MAP = 19;
const UPDATE_ROWS = 31;

/** Table 1, its flags, `shop.t`, with an integer `a` and an enum `b` of one member, `x`. */
const TABLE = Buffer.from([
  ...[1, 0, 0, 0, 0, 0, 0, 0],
  ...[4, ...Buffer.from('shop'), 0, 1, ...Buffer.from('t'), 0],
  ...[2, 3, 254, 2, 247, 1, 0],
  // Names, members and the collation of the members.
  ...[4, 4, 1, ...Buffer.from('a'), 1, ...Buffer.from('b')],
  ...[6, 3, 1, 1, ...Buffer.from('x')],
  ...[10, 1, 45],
]);

/** One row of table 1: 1, `x`, before and after. */
const ROW = [0, 1, 0, 0, 0, 1];
const ROWS = Buffer.from([...[1, 0, 0, 0, 0, 0, 0, 0], ...[2, 0], 2, 3, 3, ...ROW, ...ROW]);

/** A packet of the log as mysql2 hands it out: a byte that says that all is well, the head of the event, its body. */
function eventPacket(type: number, body: Buffer) {
  const head = Buffer.alloc(20);
  head[5] = type;
  head.writeUInt32LE(19 + body.length, 10);
  return packetOf(Buffer.concat([head, body]));
}

for (const [internals, objects] of realObjects) {
  const { package: name, version, members } = internals;

  it(`${name} is pinned to ${version}, the version in which we tested its internals`, () => {
    expect(manifest('../../../package.json').devDependencies[name]).toBe(version);
    expect(manifest(`${packages}/${name}/package.json`).version).toBe(version);
  });

  for (const [part, kinds] of Object.entries(members)) {
    it.each(Object.entries(kinds))(`${name} has ${part}.%s`, async (member, kind) => {
      const object = (await objects())[part] as object;
      expect(() => requireInternals({ ...internals, members: { [part]: { [member]: kind } } }, part, object)).not.toThrow();
    });
  }
}

it('an upgrade that takes a member away ends with an error that names package, version and member', () => {
  const internals: VendorInternals = { package: 'amqplib', version: '2.3.1', members: { Channel: { reply: 'any', accept: 'function' } } };
  expect(() => requireInternals(internals, 'Channel', { reply: null, accept() {} })).not.toThrow();
  expect(() => requireInternals(internals, 'Channel', { reply: null })).toThrow(
    expect.objectContaining({
      code: 'INTERNAL',
      message: 'amqplib lacks the function Channel.accept of version 2.3.1',
      remedy: 'install amqplib 2.3.1',
    }),
  );
  expect(() => requireInternals(internals, 'Channel', { accept() {} })).toThrow('amqplib lacks the member Channel.reply of version 2.3.1');
});

import rhea, { type Message } from 'rhea';

const { types } = rhea;

/** Messages of every kind of body, property and id. */
export const oddMessages: readonly Message[] = [
  { message_id: 'text', body: 'Straße 🚀', subject: 'order', reply_to: 'answers', correlation_id: 'c', group_id: 'g', group_sequence: 7 },
  {
    message_id: types.wrap_ulong(Buffer.from('0020000000000001', 'hex') as never),
    body: rhea.message.data_section(Buffer.from([0, 255])),
    priority: 9,
  },
  { message_id: types.wrap_binary(Buffer.from([255, 0])), body: null, correlation_id: types.wrap_ulong(5) },
  {
    message_id: 'map',
    body: types.wrap_map({ int: types.wrap_int(5), long: types.wrap_long(-5), text: 'x', half: types.wrap_double(0.5) }),
  },
  { message_id: 'stream', body: rhea.message.sequence_section([types.wrap_int(1), 'two', types.wrap_boolean(true)]) },
  { message_id: 'empty', body: rhea.message.data_section(Buffer.alloc(0)) },
  {
    message_id: 'properties',
    body: 'p',
    application_properties: {
      text: 'Straße',
      empty: '',
      none: null,
      yes: true,
      byte: types.wrap_byte(-128),
      short: types.wrap_short(-32_768),
      int: types.wrap_int(-2_147_483_648),
      long: types.wrap_long(-9_007_199_254_740_991),
      float: types.wrap_float(0.5),
      double: types.wrap_double(1e300),
      'jms-type': 'a name that looks given',
      'header-types': 'and the types',
    },
  },
] as unknown as Message[];

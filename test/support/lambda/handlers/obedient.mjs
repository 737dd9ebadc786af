// Does what the values of its records say.
const seen = new Set();
const texts = (event) =>
  Object.entries(event.records).flatMap(([partition, records]) =>
    records.map(({ value, offset }) => ({ partition, offset, text: Buffer.from(value, 'base64').toString() })),
  );

export const handler = async (event) => {
  const failed = [];
  for (const { partition, offset, text } of texts(event)) {
    if (text === 'throw') throw new TypeError('no order has this form');
    if (text === 'exit') process.exit(3);
    if (text === 'sleep') await new Promise(() => {});
    if (text === 'throw once' && !seen.has(offset)) {
      seen.add(offset);
      throw new Error('not now');
    }
    if (text === 'name') failed.push({ itemIdentifier: { partition, offset } });
    if (text === 'large') return 'x'.repeat(7 * 1024 * 1024);
    if (text.startsWith('answer ')) return JSON.parse(text.slice('answer '.length));
  }
  return { batchItemFailures: failed };
};

// A function for Kafka as its users write it, with Powertools for TypeScript: an order is JSON, with its customer as key.
import { kafkaConsumer } from '@aws-lambda-powertools/kafka';

const got = [];

export const handler = kafkaConsumer(
  async ({ records }) => {
    for (const { key, value, headers, ...place } of records) got.push({ key, value, headers, ...place });
    return { got };
  },
  { value: { type: 'json' } },
);

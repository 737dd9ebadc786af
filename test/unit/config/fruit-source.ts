import { z } from 'zod';
import { choice, flag, list, milliseconds, section, text, textList } from '../../../src/config/options.ts';
import type { ConnectorTypes } from '../../../src/config/parse-connector-file.ts';

/** A connector type that uses every kind of option. */
export const fruitTypes: ConnectorTypes = {
  'fruit-source': async () => ({
    type: 'fruit-source',
    direction: 'source',
    summary: 'Reads baskets of fruit.',
    config: section(
      {
        servers: textList({ description: 'Addresses.', pattern: /^[^\s:,]+:\d+$/, expects: 'host:port' }),
        baskets: list(text({ description: 'A basket.', maxLength: 20 }), { description: 'Baskets to read.', example: ['apples'] }),
        start: choice(['first', 'last'], { description: 'Where to begin.' }).default('first'),
        ripe: flag({ description: 'Ripe fruit only.' }).default(false),
        waitMs: milliseconds({ description: 'Time to wait.', min: 1, max: 5000 }).prefault(100),
        weights: z.record(z.string(), z.int()).meta({ description: 'Weights by name.' }).exactOptional(),
        login: section(
          { user: text({ description: 'User.' }), password: text({ description: 'Password.', secret: true }) },
          { description: 'Login.' },
        ).exactOptional(),
      },
      { description: 'The fruit.' },
    ),
    create() {
      throw new Error('not part of this test');
    },
  }),
};

export const validFile = {
  name: 'breakfast',
  type: 'fruit-source',
  source: { servers: 'market:7000', baskets: ['apples'] },
  rocketmq: { endpoints: '127.0.0.1:9876', topic: 'fruit' },
};

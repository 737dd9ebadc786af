import { RestLab, wordsFlat } from '../test/support/rest/rest-lab.ts';
import { median, timed } from './idle.ts';
import { type Bench, row } from './row.ts';

const CONNECTORS = 10;
const TASKS = 100;
const ROUNDS = 5;
const ATTEMPTS = 20;

/** Measures the list of all connectors with status and configuration, of 1,000 tasks, against reading the same items. */
export const restList: Bench = {
  names: ['rest/list-1000-tasks'],
  servers: ['dynamodb'],
  async run({ progress }) {
    progress('rest: 1,000 tasks');
    await using lab = await RestLab.open();
    const words = Array.from({ length: TASKS }, (_, n) => `w${n}`).join(',');
    for (let n = 0; n < CONNECTORS; n += 1) {
      const config = wordsFlat({ 'source.words': words, 'tasks.max': String(TASKS) });
      const put = () => lab.call('PUT', `/connectors/c${n}/config`, config);
      // The table of a busy machine may need more than one try.
      let answer = await put();
      for (let attempt = 1; answer.status === 503 && attempt < ATTEMPTS; attempt += 1) answer = await put();
      if (answer.status !== 201) throw new Error(answer.text);
    }
    const [listed, read]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      listed.push(await timed(() => lab.call('GET', '/connectors?expand=status&expand=info')));
      read.push(
        await timed(async () => {
          const connectors = await lab.store.listConnectors();
          await Promise.all(connectors.map(({ name }) => lab.store.listTasks(name)));
        }),
      );
    }
    return [row('rest/list-1000-tasks', median(listed), 'ms', median(read))];
  },
};

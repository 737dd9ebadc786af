import { ConnectError } from '../../../api/index.ts';
import { setOffsets } from '../../shared/set-offsets.ts';

export const run = setOffsets('reset', async (flags) => {
  const { partition, all } = flags as { readonly partition?: readonly string[]; readonly all?: boolean };
  if ((partition === undefined) === (all !== true)) {
    throw new ConnectError('CONFIG_INVALID', 'offsets reset: name the partitions that start over', {
      remedy: 'pass either --partition or --all',
    });
  }
  return partition && Object.fromEntries(partition.map((name) => [name, null]));
});

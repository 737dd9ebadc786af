import type { AlterOffsetsResult, OffsetsResult, PartitionOffset } from '../../runtime/planner-api.ts';
import { RestError } from '../answers/rest-error.ts';
import { ok, type Route, route } from '../answers/route.ts';
import { newOffsets } from '../answers/schemas.ts';
import { ask, type Context, connectorNamed, stoppedConnector } from './context.ts';
import { offsetShown, positionsOf } from './offset-forms.ts';

/** Where the partitions of a connector are. */
export function offsetRoutes(context: Context): Route[] {
  const offsetsOf = async (connector: string): Promise<readonly PartitionOffset[]> =>
    (await ask<OffsetsResult>(context, { action: 'offsets', connector })).offsets;

  const said = ({ altered }: AlterOffsetsResult): string =>
    altered.length === 0
      ? 'the offsets are these already'
      : `the offsets of ${altered.length} partition${altered.length === 1 ? ' was' : 's were'} changed`;

  return [
    route({
      method: 'GET',
      path: '/connectors/:name/offsets',
      summary: 'Show where the partitions are that were read',
      answers: { 200: 'Offsets' },
      handle: async ({ params: { name = '' } }) => {
        const { direction } = await connectorNamed(context, name);
        return ok({ offsets: (await offsetsOf(name)).flatMap((each) => offsetShown(each, direction) ?? []) });
      },
    }),
    route({
      method: 'PATCH',
      path: '/connectors/:name/offsets',
      summary: 'Set where partitions go on; null lets one start over. The connector must be stopped',
      body: newOffsets,
      answers: { 200: 'Message' },
      handle: async ({ params: { name = '' }, body: { offsets } }) => {
        const { direction } = await stoppedConnector(context, name);
        if (offsets.length === 0) throw new RestError(400, 'offsets: the list is empty; name the partitions to change');
        const positions = positionsOf(offsets, direction, await offsetsOf(name));
        return ok({ message: said(await ask(context, { action: 'alter-offsets', connector: name, offsets: positions })) });
      },
    }),
    route({
      method: 'DELETE',
      path: '/connectors/:name/offsets',
      summary: 'Let all partitions start over, where the configuration says. The connector must be stopped',
      answers: { 200: 'Message' },
      handle: async ({ params: { name = '' } }) => {
        await stoppedConnector(context, name);
        return ok({ message: said(await ask(context, { action: 'alter-offsets', connector: name })) });
      },
    }),
  ];
}

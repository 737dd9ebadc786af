import { setOffsets } from '../../shared/set-offsets.ts';
import { offsetsOf } from '../../shared/wanted-offsets.ts';

export const run = setOffsets('alter', offsetsOf);

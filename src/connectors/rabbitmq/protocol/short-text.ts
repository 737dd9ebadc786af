import { type TextMeta, text } from '../../../config/options.ts';
import { hasReference } from '../../../config/references.ts';

/** AMQP's short text has its length in one byte. */
export const MAX_SHORT_TEXT_BYTES = 255;

/** A name as AMQP sends it. A longer one would end the connection without a word about the name. */
export const shortText = (meta: Omit<TextMeta, 'maxLength' | 'expects'>) => {
  const expects = `a name of up to ${MAX_SHORT_TEXT_BYTES} bytes of UTF-8`;
  const named = text({ ...meta, expects });
  const fits = (value: string) => hasReference(value) || Buffer.byteLength(value) <= MAX_SHORT_TEXT_BYTES;
  return named.refine(fits).meta({ ...named.meta(), expects });
};

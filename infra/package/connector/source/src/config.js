import { section, text } from 'rocketmq-connect-serverless/config';

/** The options under `source` in a connector file. Validation, `describe` and the editors' schema all derive from them. */
export const config = section(
  {
    folder: text({
      description: 'Folder of the files. The connector copies each `*.txt` in it line by line.',
      example: '/var/spool/orders',
    }),
  },
  { description: 'The folder with the text files to copy.' },
);

import { section, sinkOptions, text } from 'rocketmq-connect-serverless/config';

/** The options under `sink` in a connector file. Validation, `describe` and the editors' schema all derive from them. */
export const config = section(
  {
    folder: text({
      description:
        'Folder of the files. Each lane becomes a file in it, which is a queue of the topic unless `ordering` is `key`, and each message a line.',
      example: '/var/spool/orders',
    }),
    ...sinkOptions,
  },
  { description: 'The folder to write text files to.' },
);

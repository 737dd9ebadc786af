import { section, text } from 'rocketmq-connect-serverless/config';

/** The options under `source` in a connector file. Validation, `describe` and the editors' schema all come from here. */
export const config = section(
  { folder: text({ description: 'Folder of the files: each `*.txt` in it is copied line by line.', example: '/var/spool/orders' }) },
  { description: 'The folder whose text files are copied.' },
);

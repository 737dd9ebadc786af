// Stands in for the Lambda runtime inside a function's process: loads the handler once, then one event at a time.
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, name] = process.env._HANDLER.split(/\.(?=[^.]+$)/);
const loaded = import(pathToFileURL(path.join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href);

process.on('message', async ({ requestId, event, timeoutMs }) => {
  const until = Date.now() + timeoutMs;
  const context = {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:123456789012:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => until - Date.now(),
  };
  try {
    const result = await (await loaded)[name](event, context);
    process.send({ requestId, payload: JSON.stringify(result ?? null) });
  } catch (error) {
    process.send({ requestId, error: true, payload: JSON.stringify({ errorType: error.name, errorMessage: error.message }) });
  }
});

// Stands in for the Lambda runtime inside a function's process: loads the handler once, then runs one event at a time.
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

interface Message {
  readonly requestId: string;
  readonly event: unknown;
  readonly timeoutMs: number;
}

const { LAMBDA_TASK_ROOT: root = '', _HANDLER: handler = '', AWS_LAMBDA_FUNCTION_NAME: functionName = '' } = process.env;
const [file = '', name = ''] = handler.split(/\.(?=[^.]+$)/);
const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) loaded.push(path.relative(root, fileURLToPath(url)));
    return next(url, context);
  },
});
const module = import(pathToFileURL(path.join(root, `${file}.mjs`)).href);
// The first event is answered with it.
module.catch(() => {});

process.on('message', async ({ requestId, event, timeoutMs }: Message) => {
  const until = Date.now() + timeoutMs;
  const context = {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:123456789012:function:${functionName}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => until - Date.now(),
  };
  const answer = await module
    .then((loadedModule) => {
      process.stdout.write(`START RequestId: ${requestId}\n`);
      return loadedModule[name](event, context);
    })
    .then(
      (result) => ({ payload: JSON.stringify(result ?? null) }),
      (error: Error) => ({ error: true, payload: JSON.stringify(shown(error)) }),
    );
  process.stdout.write(`END RequestId: ${requestId}\n`);
  process.send?.({ ...answer, loaded });
});

/** What Lambda's runtime for Node tells of an error; of one that keeps the code from being loaded, by a type of its own. */
function shown({ name: errorType, message: errorMessage, stack = '', code }: Error & { code?: string }) {
  const isUnloaded = code === 'ERR_MODULE_NOT_FOUND';
  return { errorType: isUnloaded ? 'Runtime.ImportModuleError' : errorType, errorMessage, trace: stack.split('\n') };
}

// The function must not outlive the test.
process.once('disconnect', () => process.exit(1));

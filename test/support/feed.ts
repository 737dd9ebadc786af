import type { ChildProcessWithoutNullStreams } from 'node:child_process';

/**
 * Gives a program a text as its standard input, and ends that. A program that ends without reading it is no fault: its exit code and what
 * it printed say how it ended.
 */
export function feed(child: ChildProcessWithoutNullStreams, input: string): void {
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') child.emit('error', error);
  });
  child.stdin.end(input);
}

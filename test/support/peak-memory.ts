import { readFileSync } from 'node:fs';

/**
 * The most memory that this process ever held, in bytes. Not `resourceUsage().maxRSS`: Linux begins that with what the process
 * that started this one held at that moment.
 */
export function peakMemory(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error('/proc/self/status names no VmHWM: peak memory can be measured on Linux only');
  return Number(kilobytes) * 1_024;
}

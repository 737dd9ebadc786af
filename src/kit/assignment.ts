/**
 * Spreads partitions over at most `maxTasks` tasks, evenly (sizes differ by at most one), and moves as few as it can from
 * where `previous` has them. Result: the partitions of each task, by task index; no task is empty.
 */
export function assignSticky(partitions: readonly string[], maxTasks: number, previous: ReadonlyArray<readonly string[]>): string[][] {
  const wanted = new Set(partitions);
  const count = Math.min(maxTasks, wanted.size);
  if (count === 0) return [];
  const smallest = Math.floor(wanted.size / count);
  const kept = Array.from({ length: count }, (_, task) => (previous[task] ?? []).filter((name) => wanted.has(name)));
  // The tasks that hold most keep the larger share: any other choice would move one more partition each.
  const larger = new Set(
    kept
      .map((names, task) => ({ task, size: names.length }))
      .sort((a, b) => b.size - a.size || a.task - b.task)
      .slice(0, wanted.size % count)
      .map(({ task }) => task),
  );
  const room = (task: number) => smallest + (larger.has(task) ? 1 : 0);
  const result = kept.map((names, task) => names.slice(0, room(task)));
  const placed = new Set(result.flat());
  const homeless = [...wanted].filter((name) => !placed.has(name));
  for (const [task, names] of result.entries()) names.push(...homeless.splice(0, room(task) - names.length));
  return result;
}

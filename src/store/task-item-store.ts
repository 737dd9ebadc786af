import type { TaskItem, TaskRef } from './items.ts';

/** The tasks of a connector, as people see and steer them. */
export interface TaskItemStore {
  listTasks(connector: string): Promise<TaskItem[]>;
  setPaused(ref: TaskRef, paused: boolean): Promise<void>;
  /** Ends a pause and clears a failure. */
  resumeTask(ref: TaskRef): Promise<void>;
  /** Lets the next run pass over this place. Clears a failure, so that there is a next run. */
  addSkip(ref: TaskRef, place: string): Promise<void>;
  /** Clears a failure, so that a FAILED task runs again. */
  clearFailure(ref: TaskRef): Promise<void>;
  /**
   * Ends the pause after a failure that another try may mend. The count of failures stays. It does nothing where there is no such failure.
   */
  endWait(ref: TaskRef): Promise<void>;
}

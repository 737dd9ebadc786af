import type { ConnectorSpec } from '../config/connector-spec.ts';
import type { ConnectorItem, DesiredState, GivenConfig, KeptTask, StagedTask, TaskItem, TaskRef } from './items.ts';

/** One plan: begin, fence and stage each task, flip, promote each task. docs/architecture.md says why in this order. */
export interface PlanStore {
  /**
   * Raises `lastGeneration` and returns it. Creates the item where there is none, in the state `initial` (default RUNNING). A plan for a
   * connector that `exists` fails instead: somebody has deleted it. `tasks` says how many tasks the plan has (default: the spec's `maxTasks`):
   * one with a higher number must not be staged. From now on writes of older plans fail. It keeps the spec for the runs of the tasks that the
   * plan stages.
   */
  beginPlan(
    name: string,
    spec: ConnectorSpec,
    options?: { readonly initial?: DesiredState | undefined; readonly exists?: boolean; readonly tasks?: number },
  ): Promise<number>;
  /**
   * Says that the planner of this plan is at work until `until`, at most. Once that has passed, the plan can't take effect any more, and
   * runs take the tasks back that it holds. Fails when it has passed, or a newer plan or a delete was started.
   */
  extendPlan(name: string, generation: number, until: number): Promise<void>;
  /** Ends a plan before its flip. `in-force` means that the flip went through after all, and only its answer was lost. */
  giveUpPlan(name: string, generation: number): Promise<'given-up' | 'in-force'>;
  /** Frees a task that a plan holds which was given up. It does nothing where the plan no longer holds the task. */
  unfence(ref: TaskRef, generation: number): Promise<void>;
  /** Keeps positions of partitions that the plan takes away until `untilMs`, ms since 1970. */
  keepPositions(connector: string, generation: number, kept: KeptTask, untilMs: number): Promise<void>;
  /** Lists the positions that are still kept, the oldest first. */
  keptPositions(connector: string): Promise<KeptTask[]>;
  /**
   * Takes the task for plan `generation` until `until`, also from a run. Returns the item as it was last written. Its `rerun` is true where
   * a run was interrupted. Fails when a newer plan has touched the task. The same write stages `staged`, so one write is enough where the
   * task keeps its positions.
   */
  fence(ref: TaskRef, generation: number, until: number, staged?: StagedTask): Promise<TaskItem>;
  /** Stages what the plan makes of the task. Creates the item of a task that is new. Fails when the fence did not hold until now. */
  stage(ref: TaskRef, staged: StagedTask, until: number): Promise<void>;
  /**
   * Puts the plan in force with one write on the connector, also the text that its spec was made from where it is `given`. Fails when a newer
   * plan or a delete was started, or `until` has passed.
   */
  flip(
    name: string,
    plan: {
      readonly generation: number;
      readonly spec: ConnectorSpec;
      readonly given?: GivenConfig | undefined;
      readonly tasks: number;
      readonly until: number;
    },
  ): Promise<ConnectorItem>;
  /**
   * Puts the staged plan in force on one task, or deletes the task. Frees it and clears its failure. Returns undefined when the task is
   * gone. Repeatable.
   */
  promote(ref: TaskRef, generation: number): Promise<TaskItem | undefined>;
  /** Marks the connector as being deleted: no plan begins after it. */
  beginDelete(name: string): Promise<void>;
  /** The last step of a delete: tasks lose their leases and positions. Repeatable. Run items stay until they expire. */
  deleteConnector(name: string): Promise<void>;

  /**
   * Removes what plans before `generation`, which is in force and promoted, left behind: specs, but for those of `generations`. `tasks`: no task has
   * this number or a higher one. Repeatable.
   */
  forgetPlans(
    connector: string,
    generation: number,
    left: { readonly generations: ReadonlySet<number>; readonly tasks: number },
  ): Promise<void>;
}

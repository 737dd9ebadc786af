/**
 * One connector with one task as ConnectStore's contract has it, in plain data: what the store must do in whatever order
 * runs and plans call it. Positions are one number.
 */
export class TaskModel {
  now = 0;
  lastGeneration = 0;
  inForce = 0;
  task: ModelTask | undefined;

  beginPlan(): number {
    this.lastGeneration += 1;
    return this.lastGeneration;
  }

  /** `stages` says that the same write stages the plan, and the task keeps its position. */
  fence(plan: ModelPlan, stages = false): number {
    const { task } = this;
    if (task === undefined) throw new Refused('NOT_FOUND');
    if (task.plan > plan.generation || task.generation >= plan.generation) throw new Refused('PLAN_SUPERSEDED');
    task.plan = plan.generation;
    task.holder = plan;
    task.until = plan.until;
    task.rerun = task.owed;
    if (stages) task.staged = { plan, position: undefined };
    return task.position;
  }

  stage(plan: ModelPlan, position: number): void {
    const leftOver = this.task !== undefined && this.task.plan < plan.generation && this.task.generation === 0;
    if (this.task !== undefined && this.task.holder !== plan && !leftOver) throw new Refused('PLAN_SUPERSEDED');
    this.task ??= { generation: 0, position: 0, plan: 0, holder: undefined, until: 0, owed: false, rerun: false, staged: undefined };
    Object.assign(this.task, { plan: plan.generation, holder: plan, until: plan.until, staged: { plan, position } });
  }

  flip(plan: ModelPlan): void {
    if (this.inForce === plan.generation) return;
    if (this.now >= plan.until || this.lastGeneration !== plan.generation) throw new Refused('PLAN_SUPERSEDED');
    this.inForce = plan.generation;
  }

  /** Planners and runs call it only for a plan that is in force. */
  promote(plan: ModelPlan): void {
    const { task } = this;
    if (task === undefined || (task.generation === plan.generation && task.staged === undefined)) return;
    const heldByNewer = task.plan > plan.generation && task.holder !== undefined && 'generation' in task.holder && task.until > this.now;
    if (task.staged?.plan !== plan || heldByNewer) throw new Refused('PLAN_SUPERSEDED');
    Object.assign(task, {
      generation: plan.generation,
      position: task.staged.position ?? task.position,
      staged: undefined,
      holder: undefined,
      until: 0,
    });
  }

  acquire(run: ModelRun): 'acquired' | 'busy' | 'absent' {
    const { task } = this;
    if (task === undefined) return 'absent';
    task.owed = true;
    if (task.holder !== undefined && task.until > this.now) {
      task.rerun = true;
      return 'busy';
    }
    Object.assign(task, { holder: run, until: run.until, rerun: false });
    return 'acquired';
  }

  checkpoint(run: ModelRun, position: number): void {
    if (this.task?.holder !== run) throw new Refused('LEASE_LOST');
    this.task.position = position;
  }

  release(run: ModelRun, position: number): { rerun: boolean } {
    this.checkpoint(run, position);
    const rerun = this.task?.rerun ?? false;
    Object.assign(this.task ?? {}, { holder: undefined, until: 0, owed: false, rerun: false });
    return { rerun };
  }
}

export interface ModelRun {
  readonly owner: string;
  readonly until: number;
}

export interface ModelPlan {
  readonly generation: number;
  readonly until: number;
}

interface ModelTask {
  generation: number;
  position: number;
  plan: number;
  holder: ModelRun | ModelPlan | undefined;
  until: number;
  owed: boolean;
  rerun: boolean;
  staged: { plan: ModelPlan; position: number | undefined } | undefined;
}

export class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

import type { ConnectorState, TaskState } from '../../src/runtime/planner-api.ts';

/** How much a state asks for attention. */
export type Tone = 'bad' | 'warn' | 'good' | 'quiet';

interface Meaning {
  readonly word: string;
  readonly tone: Tone;
  /** A sentence for people who see the word for the first time. */
  readonly means: string;
}

/** Those first that a person should look at first. */
export const CONNECTOR_STATES: Readonly<Record<ConnectorState, Meaning>> = {
  FAILED: {
    word: 'Failed',
    tone: 'bad',
    means: 'All tasks have failed. They wait until somebody mends the cause and resumes the connector.',
  },
  DEGRADED: { word: 'Degraded', tone: 'warn', means: 'Some tasks or partitions have failed. The others go on.' },
  STALLED: { word: 'Stalled', tone: 'warn', means: 'There is something to copy, and nothing was copied although runs were due.' },
  RUNNING: { word: 'Running', tone: 'good', means: 'All is well. Tasks run when the schedule, an event or a person starts them.' },
  PAUSED: { word: 'Paused', tone: 'quiet', means: 'Nothing starts the tasks until somebody resumes the connector.' },
  STOPPED: {
    word: 'Stopped',
    tone: 'quiet',
    means: 'No task and no schedule until somebody resumes it. Positions are kept, and can be changed.',
  },
};

export const TASK_STATES: Readonly<Record<TaskState, Meaning>> = {
  FAILED: { word: 'Failed', tone: 'bad', means: 'It waits until somebody mends the cause and resumes or restarts it.' },
  RETRYING: { word: 'Retrying', tone: 'warn', means: 'The last run failed. It tries again by itself.' },
  DEGRADED: { word: 'Degraded', tone: 'warn', means: 'Some of its partitions stand still. The others were copied.' },
  PLANNING: { word: 'Planning', tone: 'quiet', means: 'A new plan is about to take effect.' },
  RUNNING: { word: 'Running', tone: 'good', means: 'A run is copying now.' },
  IDLE: { word: 'Idle', tone: 'good', means: 'Its last run ended well. It waits for the next start.' },
  PAUSED: { word: 'Paused', tone: 'quiet', means: 'Nothing starts it until somebody resumes the connector.' },
  STOPPED: { word: 'Stopped', tone: 'quiet', means: 'Nothing starts it until somebody resumes the connector.' },
};

export const OUTCOMES: Readonly<Record<string, string>> = {
  'caught-up': 'caught up',
  quiet: 'nothing more came',
  waiting: 'waits for other tasks',
  limit: 'stopped at its limit, more is left',
  deadline: 'out of time, more is left',
  interrupted: 'interrupted',
  failed: 'failed',
};

import { useState } from 'preact/hooks';

/** What an action is doing, or did, and when. */
export interface ActionState {
  /** What works at the moment. */
  readonly busy?: string;
  readonly done?: { readonly ok: boolean; readonly text: string; readonly at: number };
}

export interface Action extends ActionState {
  /** Does something, and tells its effect: the text that `work` resolves with, or why it failed. Resolves with whether it went well. */
  readonly run: (label: string, work: () => Promise<string>) => Promise<boolean>;
}

export function useAction(): Action {
  const [state, setState] = useState<ActionState>({});
  const run = async (label: string, work: () => Promise<string>) => {
    setState({ busy: label });
    try {
      const text = await work();
      setState({ done: { ok: true, text, at: Date.now() } });
      return true;
    } catch (error) {
      setState({ done: { ok: false, text: `${label} failed: ${(error as Error).message}`, at: Date.now() } });
      return false;
    }
  };
  return { ...state, run };
}

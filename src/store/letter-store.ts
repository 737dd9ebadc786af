import type { LetterMarks, RedriveLease, RedriveResult } from './letters.ts';
import type { ParkedKeys } from './parked-keys.ts';

/** Dead letters, and the keys whose later records become dead letters, too. */
export interface LetterStore {
  /** Lists what became of the connector's dead letters. */
  letterMarks(connector: string): Promise<LetterMarks[]>;
  /**
   * Stores the marks of a stretch where the stored version is the one that was read. Resolves with them as they are then; undefined where
   * somebody else was faster.
   */
  putLetterMarks(marks: LetterMarks): Promise<LetterMarks | undefined>;
  /** Deletes marks whose letters are gone. It does nothing where they are of another version. */
  forgetLetterMarks(marks: LetterMarks): Promise<void>;
  /** Takes the right to redrive. `isGone` as for `acquire`. */
  takeRedrive(connector: string, owner: string, until: number, isGone?: (owner: string) => boolean): Promise<RedriveResult>;
  /** Ends it. Repeatable. It does nothing where somebody else has it by now. */
  endRedrive(lease: RedriveLease): Promise<void>;

  /** Lists the parked keys of the connector, an entry for each queue that ever had some. */
  parkedKeys(connector: string): Promise<ParkedKeys[]>;
  /**
   * Reads the parked keys of a queue, and raises their version: a run that read them earlier can no longer write them. The caller then finds
   * out whether it still holds its lease.
   */
  takeParkedKeys(connector: string, queue: string): Promise<ParkedKeys>;
  /**
   * Stores the keys where the stored version is the one that was read. Resolves with them as they are then; undefined where somebody else was
   * faster.
   */
  putParkedKeys(parked: ParkedKeys): Promise<ParkedKeys | undefined>;
}

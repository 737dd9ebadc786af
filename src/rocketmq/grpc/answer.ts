/** The part of RocketMQ's Status that says what became of a request. */
export interface Answer {
  readonly code: number;
  readonly message: string;
}

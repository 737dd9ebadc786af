/** Says what keeps the local stack from starting, in one line that ends with the remedy. */
export class StackError extends Error {
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(`${message}; ${remedy}`.replace(/\s*[\r\n]+\s*/g, ' '), options);
    this.name = 'StackError';
  }
}

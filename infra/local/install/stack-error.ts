/** What keeps the local stack from starting, as one line that ends with the remedy. */
export class StackError extends Error {
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(`${message}; ${remedy}`.replace(/\s*[\r\n]+\s*/g, ' '), options);
    this.name = 'StackError';
  }
}

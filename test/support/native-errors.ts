import { types } from 'node:util';

/**
 * Jest runs tests in a realm of its own, where an error of Node itself (ECONNREFUSED and its like) is no `instanceof Error`:
 * the AWS SDK would wrap it in another that says nothing, and neither retry nor name it. Import this where that matters.
 */
const isInstance = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown): boolean {
    return (this === Error && types.isNativeError(thrown)) || isInstance.call(this as typeof Error, thrown);
  },
});

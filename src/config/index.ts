/** How connector packages state their options. */
export { z } from 'zod';
export * from './options.ts';
export { refineSinkOptions, sinkOptions } from './sink-options.ts';
export { asList } from './text-list.ts';
export { tlsOptions } from './tls-options.ts';

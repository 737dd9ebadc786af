/** How many requests are in flight: enough for 10,000 tasks in a minute, few enough for one connection pool. */
export const CONCURRENCY = 32;

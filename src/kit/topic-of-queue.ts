/** The topic of a queue that a sink knows as `topic:broker:queue`. Names of topics have no colon. */
export const topicOfQueue = (queue: string): string => queue.slice(0, queue.indexOf(':'));

/** The keys of Kafka Connect's clients, and the options that they stand for. All other keys are paths of options: `source.topics`. */
export const KEYS = { 'connector.class': 'type', 'tasks.max': 'maxTasks' } as const;

const optionsByKey = new Map<string, string>(Object.entries(KEYS));
const keysByOption = new Map([...optionsByKey].map(([key, option]) => [option, key]));

export const optionOfKey = (key: string): string => optionsByKey.get(key) ?? key;

export const keyOfOption = (option: string): string => keysByOption.get(option) ?? option;

/** The keys of Kafka Connect's clients, and the options that they stand for. All other keys are paths of options: `source.topics`. */
export const KEYS = { 'connector.class': 'type', 'tasks.max': 'maxTasks' } as const;

const OPTIONS: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(KEYS).map(([key, option]) => [option, key]));

export const optionOfKey = (key: string): string => (KEYS as Readonly<Record<string, string>>)[key] ?? key;

export const keyOfOption = (option: string): string => OPTIONS[option] ?? option;

/** RocketMQ Connect looks for these two in a connector package. Each entry is loaded when it is used, so a task loads no configuration. */
export const connectorTypes = {
  'folder-lines-sink': async () => (await import('./connector.js')).folderLinesSink,
};

export const taskClasses = {
  FolderLinesSinkTask: async () => ({ direction: 'sink', create: (await import('./sink.js')).FolderLinesSinkTask }),
};

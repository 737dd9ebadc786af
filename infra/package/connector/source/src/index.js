/** RocketMQ Connect looks for these two in a connector package. Each entry is loaded when it is used, so a task loads no configuration. */
export const connectorTypes = {
  'folder-lines-source': async () => (await import('./connector.js')).folderLinesSource,
};

export const taskClasses = {
  FolderLinesSourceTask: async () => ({ direction: 'source', create: (await import('./source.js')).FolderLinesSourceTask }),
};

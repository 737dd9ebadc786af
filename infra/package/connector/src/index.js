/** What RocketMQ Connect looks for in a connector package. Each is loaded when it is used: a task loads no configuration. */
export const connectorTypes = {
  'folder-lines-source': async () => (await import('./connector.js')).folderLinesSource,
};

export const taskClasses = {
  FolderLinesSourceTask: async () => ({ direction: 'source', create: (await import('./source.js')).FolderLinesSourceTask }),
};

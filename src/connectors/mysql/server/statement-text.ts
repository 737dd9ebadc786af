const SHOWN = 160;

/** A statement's beginning, without what its texts hold: these are somebody's data. */
export function shown(statement: string): string {
  const bare = statement
    .replace(/'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)/g, "'…'")
    .replace(/\s+/g, ' ')
    .trim();
  return bare.length > SHOWN ? `${bare.slice(0, SHOWN)}…` : bare;
}

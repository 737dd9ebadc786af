/** How long to wait before an attempt, in ms: `firstMs` before number 0, then twice as long each time, up to `longestMs`. */
export const backOff = (attempt: number, firstMs: number, longestMs: number): number => Math.min(firstMs * 2 ** attempt, longestMs);

/** The library throws an answer in which anything is wrong as a whole; this gets it back, to be read part by part. */
export async function partialAnswer<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'response' in error && error.response !== undefined) return error.response as T;
    throw error;
  }
}

// Runs a function that is written in Python, as Lambda's runtime for Python would.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const script = path.join(import.meta.dirname, 'powertools_batch.py');

export const handler = async (event) => JSON.parse(execFileSync('python3', [script], { input: JSON.stringify(event) }).toString());

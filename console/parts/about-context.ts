import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { About } from '../../src/console/answers.ts';

export const AboutContext = createContext<About | undefined>(undefined);

/** Where the connectors run. Undefined until the server has said so. */
export const useAbout = (): About | undefined => useContext(AboutContext);

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NOTE_MODULES = fileURLToPath(new URL('note-modules.ts', import.meta.url));

/** What has a child of this Node note which modules it loads, and what reads them again. */
export function noteModules(file: string) {
  return {
    args: ['--import', NOTE_MODULES],
    env: { MODULES_NOTED: file },
    /** URLs, in the order in which they were loaded. */
    loaded: (): readonly string[] => readFileSync(file, 'utf8').trim().split('\n'),
  };
}

// Notes each module that a process loads in the file that MODULES_NOTED names. To be imported before anything else:
// node --import note-modules.ts PROGRAM
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env['MODULES_NOTED']!, `${url}\n`);
    return nextLoad(url, context);
  },
});

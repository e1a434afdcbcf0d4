import { parentPort } from 'node:worker_threads';
import { readScript } from './script.ts';

/** Reads texts beside the editor's own thread: one of a MiB takes a good part of a second. */
parentPort?.on('message', ({ id, text }: { readonly id: number; readonly text: string }) => {
  parentPort!.postMessage({ id, script: readScript(text) });
});

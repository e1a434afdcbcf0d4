import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { readScript, type Script } from '../../sql/index.ts';

/** What the documents hold, each version read once. */
export interface ScriptStore extends vscode.Disposable {
  /** Of the text as it is now. */
  read(document: vscode.TextDocument): Promise<Script>;
  /** How long the last reading took, in milliseconds: whoever waits for a pause in typing waits longer then. */
  lastMs(): number;
}

/** UTF-16 units: up to here, reading takes no longer than drawing a frame or two. */
const SHORT = 100_000;

export function createScriptStore(extensionUri: vscode.Uri): ScriptStore {
  const kept = new Map<string, { readonly version: number; readonly script: Promise<Script> }>();
  let thread: Reader | null = null;
  let lastMs = 0;
  const closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => kept.delete(uri.toString()));
  const readOf = async (text: string) => {
    const begun = performance.now();
    thread ??= text.length < SHORT ? null : startReader(extensionUri);
    const script = text.length < SHORT || thread === null ? readScript(text) : await thread.read(text);
    lastMs = performance.now() - begun;
    return script;
  };
  return {
    async read(document) {
      const key = document.uri.toString();
      const known = kept.get(key);
      if (known !== undefined && known.version === document.version) return await known.script;
      const script = readOf(document.getText());
      kept.set(key, { version: document.version, script });
      script.catch(() => kept.delete(key));
      return await script;
    },
    lastMs: () => lastMs,
    dispose() {
      closed.dispose();
      thread?.stop();
    },
  };
}

interface Reader {
  read(text: string): Promise<Script>;
  stop(): void;
}

function startReader(extensionUri: vscode.Uri): Reader {
  const worker = new Worker(vscode.Uri.joinPath(extensionUri, 'script-worker.cjs').fsPath);
  const waiting = new Map<number, PromiseWithResolvers<Script>>();
  let last = 0;
  worker.unref();
  worker.on('message', ({ id, script }: { readonly id: number; readonly script: Script }) => {
    waiting.get(id)?.resolve(script);
    waiting.delete(id);
  });
  worker.on('error', (error) => {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  });
  return {
    async read(text) {
      const answer = Promise.withResolvers<Script>();
      last += 1;
      waiting.set(last, answer);
      worker.postMessage({ id: last, text });
      return await answer.promise;
    },
    stop: () => void worker.terminate(),
  };
}

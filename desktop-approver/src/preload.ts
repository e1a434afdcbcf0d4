import './no-eval.ts';
import { contextBridge, ipcRenderer } from 'electron';
import { makeBridge } from './ipc/make-bridge.ts';
import { FACE_ARGUMENT, IPC } from './ipc/schema.ts';

/** What stands between a page and the main process: it is all of the app that a page can reach. */
const face = process.argv.find((argument) => argument.startsWith(FACE_ARGUMENT))?.slice(FACE_ARGUMENT.length);
if (face === 'console') {
  contextBridge.exposeInMainWorld('sluice', makeBridge(ipcRenderer, 'console', IPC.console));
}
if (face === 'app') contextBridge.exposeInMainWorld('sluiceApp', makeBridge(ipcRenderer, 'app', IPC.app));

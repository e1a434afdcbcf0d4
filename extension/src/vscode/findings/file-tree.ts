import * as vscode from 'vscode';
import type { FileTree } from '../../findings/index.ts';

/** A workspace folder as the editor gives it, on whatever it is kept: this machine, another, or none. */
export function treeOf(folder: vscode.Uri): FileTree {
  const at = (path: string) => (path === '' ? folder : vscode.Uri.joinPath(folder, path));
  return {
    async list(path) {
      const entries = await vscode.workspace.fs.readDirectory(at(path));
      return entries
        .filter(([, type]) => (type & (vscode.FileType.File | vscode.FileType.Directory)) !== 0)
        .map(([name, type]) => ({
          name,
          kind: (type & vscode.FileType.Directory) === 0 ? 'file' : 'folder',
          isLink: (type & vscode.FileType.SymbolicLink) !== 0,
        }));
    },
    read: async (path, most) => await readText(at(path), most),
  };
}

/** @returns null for a file that is larger than that. */
export async function readText(uri: vscode.Uri, mostBytes: number): Promise<string | null> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > mostBytes) return null;
  const bytes = await vscode.workspace.fs.readFile(uri);
  return bytes.byteLength > mostBytes ? null : new TextDecoder().decode(bytes);
}

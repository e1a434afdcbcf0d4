import * as vscode from 'vscode';
import {
  createFindingsIndex,
  formOf,
  type FoundFile,
  type IgnoredFiles,
  LARGEST_BYTES,
  type LeftOut,
  scan,
} from '../../findings/index.ts';
import type { SluiceContext } from '../context.ts';
import { readText, treeOf } from './file-tree.ts';
import { hostsOf, relaysKnown } from './relays.ts';

/** What is found in one workspace folder, kept up to date, and shown among the problems. */
export interface FolderFindings extends vscode.Disposable {
  readonly folder: vscode.WorkspaceFolder;
  /** Looks at all of it anew. */
  look(token: vscode.CancellationToken): Promise<LeftOut>;
  /** Looks at what a document says now. */
  lookAt(document: vscode.TextDocument): void;
  files(): readonly FoundFile[];
}

export function createFolderFindings(
  context: SluiceContext,
  folder: vscode.WorkspaceFolder,
  diagnostics: vscode.DiagnosticCollection,
  onDidChange: () => void,
): FolderFindings {
  const index = createFindingsIndex({
    relays: () => hostsOf(relaysKnown(context)),
    ignored: () => ignoredIn(folder.uri),
  });
  let accepts: (path: string) => boolean = () => true;
  const show = (file: FoundFile, uri: vscode.Uri) => {
    diagnostics.set(
      uri,
      file.findings.map((finding) => diagnosticOf(finding, context)),
    );
    onDidChange();
  };
  const uriOf = (path: string) => vscode.Uri.joinPath(folder.uri, path);
  const isEnabled = () =>
    vscode.workspace.getConfiguration('sluice.findings', folder.uri).get('enabled') !== false;
  const clear = () => {
    for (const { path } of index.all()) {
      diagnostics.delete(uriOf(path));
      index.forget(path);
    }
  };

  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**/*'));
  const changed = async (uri: vscode.Uri) => {
    const path = pathIn(folder, uri);
    if (path === null || formOf(path) === null || !accepts(path) || !isEnabled() || openText(uri) !== null)
      return;
    const text = await readText(uri, LARGEST_BYTES).catch(() => null);
    if (text !== null && !text.includes('\0')) show(index.look(path, text), uri);
  };
  const gone = (uri: vscode.Uri) => {
    const path = pathIn(folder, uri);
    if (path === null) return;
    // A folder that is gone takes what was in it along.
    for (const file of index.all())
      if (file.path === path || file.path.startsWith(`${path}/`)) {
        index.forget(file.path);
        diagnostics.delete(uriOf(file.path));
      }
    onDidChange();
  };
  const listening = [
    watcher,
    watcher.onDidCreate((uri) => void changed(uri)),
    watcher.onDidChange((uri) => void changed(uri)),
    watcher.onDidDelete(gone),
  ];

  return {
    folder,
    async look(token) {
      clear();
      if (!isEnabled()) return NOTHING;
      const looked = await scan({
        tree: treeOf(folder.uri),
        look: (path, text) => {
          const uri = uriOf(path);
          const file = index.look(path, openText(uri) ?? text);
          if (file.findings.length > 0) show(file, uri);
        },
        pause: restNowAndThen(),
        isCancelled: () => token.isCancellationRequested,
      });
      ({ accepts } = looked);
      onDidChange();
      return looked.left;
    },
    lookAt(document) {
      const path = pathIn(folder, document.uri);
      if (path === null || !isEnabled()) return;
      const inCell = document.uri.scheme === 'vscode-notebook-cell';
      // A cell is a program of its own; what is said of the notebook's file gives way to it.
      const key = inCell ? `${path}#${document.uri.fragment}.py` : path;
      if (formOf(key) === null || document.getText().length > LARGEST_BYTES) return;
      if (inCell) diagnostics.delete(uriOf(path));
      show(index.look(key, document.getText()), document.uri);
    },
    files: () => index.all(),
    dispose() {
      clear();
      for (const each of listening) each.dispose();
    },
  };
}

const NOTHING: LeftOut = { large: 0, unreadable: 0, links: 0, folders: 0, more: false };

/** The path in a folder, for a cell that of its notebook; null for what is elsewhere. */
export function pathIn(folder: vscode.WorkspaceFolder, uri: vscode.Uri): string | null {
  const root = folder.uri.path.replace(/\/$/, '');
  const isHere =
    (uri.scheme === folder.uri.scheme || uri.scheme === 'vscode-notebook-cell') &&
    uri.path.startsWith(`${root}/`);
  return isHere ? uri.path.slice(root.length + 1) : null;
}

function ignoredIn(scope: vscode.Uri): readonly IgnoredFiles[] {
  const listed = vscode.workspace.getConfiguration('sluice.findings', scope).get<unknown>('ignore');
  return (Array.isArray(listed) ? listed : []).filter(
    (each): each is IgnoredFiles => typeof each?.path === 'string' && typeof each?.reason === 'string',
  );
}

/** What is typed and not saved yet is what counts. */
function openText(uri: vscode.Uri): string | null {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  return open === undefined ? null : open.getText();
}

export function diagnosticOf(
  { kind, name, from, to }: FoundFile['findings'][number],
  { words }: SluiceContext,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(from.line, from.character, to.line, to.character),
    words.findings[kind](name),
    vscode.DiagnosticSeverity.Warning,
  );
  diagnostic.source = words.findings.source;
  diagnostic.code = CODES[kind];
  return diagnostic;
}

const CODES = {
  secret: 'static-credential',
  key: 'private-key',
  direct: 'direct-connection',
  server: 'direct-server',
} as const;

/** The editor goes on between files: it is let in as soon as some milliseconds are used up. */
function restNowAndThen(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < 8) return;
    await new Promise((done) => setImmediate(done));
    since = performance.now();
  };
}

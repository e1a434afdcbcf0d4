import * as vscode from 'vscode';
import {
  explainedFindings,
  type Finding,
  type Question,
  type Script,
  syntaxFindings,
} from '../../sql/index.ts';
import type { SluiceContext } from '../context.ts';
import { isChecked, rangeOf } from './checked.ts';
import { documentsOnScreen, onDidChangeCellsOnScreen, rangesOnScreen } from './on-screen.ts';
import type { ScriptStore } from './script-store.ts';
import type { Source, Sources } from './sources.ts';

/** After the last key: what the parser says, and then what the relay says. Milliseconds. */
const PAUSE = { local: 120, relay: 500 };
/** Statements of one text that are asked about, of those that are on the screen. */
const MOST_ASKED = 30;

export type RelayState = 'none' | 'asking' | 'done' | { readonly silent: string };

/** Marks in the texts that are open. */
export interface Diagnostics extends vscode.Disposable {
  /** What the relay last said of a document, and what is known of its statements by now. */
  readonly onDidTell: vscode.Event<vscode.TextDocument>;
  stateOf(document: vscode.TextDocument): RelayState;
}

export function createDiagnostics(
  context: SluiceContext,
  scripts: ScriptStore,
  sources: Sources,
): Diagnostics {
  const marks = vscode.languages.createDiagnosticCollection('sluice-sql');
  const told = new vscode.EventEmitter<vscode.TextDocument>();
  const states = new Map<string, RelayState>();
  const timers = new Map<string, NodeJS.Timeout>();

  const later = (document: vscode.TextDocument, what: 'local' | 'relay') => {
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    // A text that takes long to read is read less often.
    const pause = Math.max(PAUSE[what], Math.min(scripts.lastMs() * 2, 1_000));
    const work = what === 'local' ? look : ask;
    timers.set(
      key,
      setTimeout(
        () => void work(document).catch((error: unknown) => context.log.error('sql', String(error))),
        pause,
      ),
    );
  };

  const publish = (document: vscode.TextDocument, script: Script, source: Source | null) => {
    const text = document.getText();
    const explained =
      source === null
        ? []
        : script.statements.flatMap((statement) => {
            const known = statement.broken ? undefined : source.explainer.known(questionOf(text, statement));
            return known == null ? [] : explainedFindings(known, text, statement);
          });
    const found = [...syntaxFindings(script, text), ...explained];
    marks.set(
      document.uri,
      found.map((finding) => diagnosticOf(document, finding, source)),
    );
  };

  const look = async (document: vscode.TextDocument) => {
    if (document.isClosed || !isChecked(context, document)) {
      marks.delete(document.uri);
      return;
    }
    const { version } = document;
    const script = await scripts.read(document);
    const source = await sources.of(document);
    if (document.version !== version || document.isClosed) return;
    publish(document, script, source);
    told.fire(document);
    if (source === null) states.set(document.uri.toString(), 'none');
    else later(document, 'relay');
  };

  const ask = async (document: vscode.TextDocument) => {
    const { version } = document;
    const source = await sources.of(document);
    if (source === null || document.isClosed || !isChecked(context, document)) return;
    if (!vscode.workspace.getConfiguration('sluice.sql', document.uri).get('askRelay', true)) return;
    const script = await scripts.read(document);
    if (document.version !== version) return;
    const text = document.getText();
    const questions = onScreen(document, script).map((statement) => questionOf(text, statement));
    const isCurrent = () => document.version === version && !document.isClosed;
    states.set(document.uri.toString(), 'asking');
    // Several answers are shown at once: each time, all of the text's marks are.
    let showing: NodeJS.Timeout | null = null;
    const outcome = await source.explainer.ask(document.uri.toString(), questions, () => {
      showing ??= setTimeout(() => {
        showing = null;
        if (!isCurrent()) return;
        publish(document, script, source);
        told.fire(document);
      }, PAUSE.local);
    });
    if (showing !== null) clearTimeout(showing);
    if (outcome.state === 'given_up' || !isCurrent()) return;
    states.set(document.uri.toString(), outcome.state === 'done' ? 'done' : { silent: outcome.code });
    publish(document, script, source);
    told.fire(document);
    // Quietly, until it is there again.
    if (outcome.state === 'silent') {
      clearTimeout(timers.get(document.uri.toString()));
      const again = setTimeout(() => later(document, 'relay'), outcome.retryAfterMs);
      timers.set(document.uri.toString(), again);
    }
  };

  const lookAtAll = () => {
    for (const document of documentsOnScreen()) later(document, 'local');
  };
  const listening = [
    vscode.workspace.onDidChangeTextDocument(async ({ document }) => {
      if (!isChecked(context, document)) return;
      // What is under way is of a text that is gone.
      void sources.of(document).then((source) => source?.explainer.stop(document.uri.toString()));
      later(document, 'local');
    }),
    vscode.workspace.onDidOpenTextDocument((document) => later(document, 'local')),
    vscode.workspace.onDidCloseTextDocument((document) => {
      clearTimeout(timers.get(document.uri.toString()));
      timers.delete(document.uri.toString());
      states.delete(document.uri.toString());
      marks.delete(document.uri);
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor !== undefined) later(editor.document, 'local');
    }),
    vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor: { document } }) => {
      if (isChecked(context, document)) later(document, 'local');
    }),
    onDidChangeCellsOnScreen(lookAtAll),
    sources.onDidChange(lookAtAll),
  ];
  // What was open before there was anybody to look at it.
  for (const document of vscode.workspace.textDocuments) later(document, 'local');

  return {
    onDidTell: told.event,
    stateOf: (document) => states.get(document.uri.toString()) ?? 'none',
    dispose() {
      for (const timer of timers.values()) clearTimeout(timer);
      vscode.Disposable.from(...listening, marks, told).dispose();
    },
  };
}

export function questionOf(text: string, { start, end, within }: Script['statements'][number]): Question {
  return { sql: text.slice(start, end), within };
}

function onScreen(document: vscode.TextDocument, { statements }: Script): Script['statements'] {
  const visible = rangesOnScreen(document).map((range) => ({
    start: document.offsetAt(range.start),
    end: document.offsetAt(range.end),
  }));
  const isSeen = ({ start, end }: { readonly start: number; readonly end: number }) =>
    visible.some((range) => range.start < end && start <= range.end);
  return statements.filter((statement) => !statement.broken && isSeen(statement)).slice(0, MOST_ASKED);
}

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

function diagnosticOf(
  document: vscode.TextDocument,
  finding: Finding,
  source: Source | null,
): vscode.Diagnostic {
  const { message, severity, kind, rule } = finding;
  const diagnostic = new vscode.Diagnostic(rangeOf(document, finding), message, SEVERITIES[severity]);
  diagnostic.source = 'Sluice';
  diagnostic.code =
    rule === null || source === null
      ? kind
      : // Which rules there are for the person, and what each lets them have.
        { value: rule, target: vscode.Uri.parse(`${source.account.url}/console/access?tab=who`) };
  return diagnostic;
}

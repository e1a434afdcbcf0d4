import * as vscode from 'vscode';
import {
  applied,
  type Fix,
  nearNames,
  type ScriptStatement,
  syntaxFixes,
  rewritesAt,
} from '../../sql/index.ts';
import type { SluiceContext } from '../context.ts';
import { isChecked, rangeOf } from './checked.ts';
import { questionOf } from './diagnostics.ts';
import type { ScriptStore } from './script-store.ts';
import type { Source, Sources } from './sources.ts';

/** Ways out of a mark. What is said to pass has been asked about in just that form. */
export function createQuickFixes(
  context: SluiceContext,
  scripts: ScriptStore,
  sources: Sources,
): vscode.CodeActionProvider {
  const words = context.words.sql;
  return {
    async provideCodeActions(document, range, { diagnostics }, token) {
      const own = diagnostics.filter(({ source }) => source === 'Sluice');
      if (own.length === 0 || !isChecked(context, document)) return [];
      const [script, source] = [await scripts.read(document), await sources.of(document)];
      const text = document.getText();
      const offset = document.offsetAt(range.start);
      const statement = script.statements.find(({ start, end }) => start <= offset && offset <= end);
      if (statement === undefined) return [];
      const within = { document, text, statement };
      const syntax = own
        .filter(({ code }) => code === 'syntax')
        .flatMap((diagnostic) => {
          const { start, end } = statement;
          const problem = script.problems.find(
            (one) =>
              one.message.toLowerCase() === diagnostic.message.toLowerCase() &&
              start <= one.start &&
              one.start <= end,
          );
          if (problem === undefined) return [];
          const inside = { ...problem, start: problem.start - start, end: problem.end - start };
          const fixes = syntaxFixes(text.slice(start, end), inside);
          return fixes.map((fix) => action(within, fix, fix.title, diagnostic));
        });
      if (statement.broken || source === null) return syntax;
      const known = source.explainer.known(questionOf(text, statement));
      if (known == null) return syntax;
      const ways = await waysOut(within, source, own, token);
      const at = [document.uri.toString(), statement.start];
      const askable = known.decision.effect === 'ask' && (known.asks?.accessUpTo ?? 0) > 0;
      return [
        ...syntax,
        ...ways,
        ...(askable ? [commandAction(words.fixes.askAhead, 'sluice.sql.askForAccess', at, own)] : []),
        commandAction(words.fixes.explain, 'sluice.sql.explainAt', at, own),
      ];
    },
  };

  async function waysOut(
    within: Within,
    source: Source,
    diagnostics: readonly vscode.Diagnostic[],
    token: vscode.CancellationToken,
  ): Promise<readonly vscode.CodeAction[]> {
    const { document, text, statement } = within;
    const sql = text.slice(statement.start, statement.end);
    const question = questionOf(text, statement);
    const before = await source.explainer.askNow(question);
    const found: vscode.CodeAction[] = [];
    for (const diagnostic of diagnostics) {
      if (diagnostic.severity === vscode.DiagnosticSeverity.Information || diagnostic.code === 'syntax')
        continue;
      const start = document.offsetAt(diagnostic.range.start) - statement.start;
      const end = document.offsetAt(diagnostic.range.end) - statement.start;
      if (before?.error?.code === 'object_unknown' || before?.error?.code === 'column_unknown') {
        const names = await namesFor(source, statement, sql, before.error.code);
        found.push(...nearNames(sql, start, names).map((fix) => action(within, fix, fix.title, diagnostic)));
        continue;
      }
      for (const fix of rewritesAt(sql, { start, end })) {
        if (token.isCancellationRequested) return found;
        const after = await source.explainer.askNow({ ...question, sql: applied(sql, fix.edits) });
        if (after === null || after.decision.effect === 'block') continue;
        const asks = after.decision.effect === 'ask';
        if (asks && before?.decision.effect === 'ask') continue;
        const title = asks ? words.fixes.wouldAsk(fix.title) : words.fixes.passes(fix.title);
        found.push(action(within, fix, title, diagnostic));
      }
    }
    const [first] = found;
    if (first !== undefined) first.isPreferred = true;
    return found;
  }
}

/** What a name that is not there may have been meant as. */
async function namesFor(
  source: Source,
  statement: ScriptStatement,
  sql: string,
  code: string,
): Promise<readonly string[]> {
  const { database, schema } = await source.placeOf(statement);
  if (database === null || schema === null) return [];
  try {
    const objects = (await source.catalog.objects(database, schema)).map(({ name }) => name);
    if (code === 'object_unknown') return objects;
    const words = new Set(sql.toUpperCase().split(/\W+/));
    const named = objects.filter((name) => words.has(name)).slice(0, 10);
    const found = await Promise.all(named.map((name) => source.catalog.object({ database, schema, name })));
    return found.flatMap((object) => object?.columns.map(({ name }) => name) ?? []);
  } catch {
    return [];
  }
}

interface Within {
  readonly document: vscode.TextDocument;
  readonly text: string;
  readonly statement: ScriptStatement;
}

function action(
  { document, statement }: Within,
  { edits }: Fix,
  title: string,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  fix.diagnostics = [diagnostic];
  fix.edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of edits)
    fix.edit.replace(
      document.uri,
      rangeOf(document, { start: statement.start + start, end: statement.start + end }),
      text,
    );
  return fix;
}

function commandAction(
  title: string,
  command: string,
  args: unknown[],
  diagnostics: vscode.Diagnostic[],
): vscode.CodeAction {
  const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  fix.command = { title, command, arguments: args };
  fix.diagnostics = diagnostics;
  return fix;
}

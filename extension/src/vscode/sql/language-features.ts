import * as vscode from 'vscode';
import { completionsAt, hoverAt, referencesIn, statementAt, type ScriptStatement } from '../../sql/index.ts';
import type { SluiceContext } from '../context.ts';
import { isChecked, rangeOf, SELECTOR } from './checked.ts';
import type { ScriptStore } from './script-store.ts';
import type { Source, Sources } from './sources.ts';

/** Hovers, proposals, and masked columns in their own colour. */
export function registerLanguageFeatures(
  context: SluiceContext,
  scripts: ScriptStore,
  sources: Sources,
): vscode.Disposable {
  const there = async (document: vscode.TextDocument, offset: number) => {
    if (!isChecked(context, document)) return null;
    const text = document.getText();
    const script = await scripts.read(document);
    const statement = script.statements[statementAt(script, text, offset)];
    return { text, statement, source: await sources.of(document) };
  };
  const hovers = vscode.languages.registerHoverProvider(SELECTOR, {
    async provideHover(document, position) {
      const offset = document.offsetAt(position);
      const found = await there(document, offset);
      if (found?.statement === undefined) return null;
      const { statement, text, source } = found;
      if (offset > statement.end) return null;
      const { start, end } = statement;
      const hover = await quietly(context, async () =>
        hoverAt(
          text.slice(start, end),
          offset - start,
          await placeOf(source, statement),
          source?.catalog ?? null,
        ),
      );
      if (hover == null) return null;
      const markdown = new vscode.MarkdownString(hover.lines.join('\n'), true);
      return new vscode.Hover(
        markdown,
        rangeOf(document, { start: start + hover.start, end: start + hover.end }),
      );
    },
  });

  const completions = vscode.languages.registerCompletionItemProvider(
    SELECTOR,
    {
      async provideCompletionItems(document, position) {
        const offset = document.offsetAt(position);
        const found = await there(document, offset);
        if (found === null) return null;
        const { text, source } = found;
        const [start, statement] = writtenAt(text, offset, found.statement);
        const end = Math.max(offset, statement?.end ?? offset);
        const proposed = await quietly(context, async () =>
          completionsAt(
            text.slice(start, end),
            offset - start,
            await placeOf(source, statement),
            source?.catalog ?? null,
          ),
        );
        if (proposed == null) return null;
        const { start: from, end: to } = proposed.replace;
        const range = rangeOf(document, { start: start + from, end: start + to });
        return proposed.items.map(({ label, insert, kind, detail, rank }) => {
          const item = new vscode.CompletionItem({ label, description: detail }, KINDS[kind]);
          item.insertText = insert;
          item.range = range;
          item.sortText = `${rank} ${label}`;
          item.detail = detail;
          return item;
        });
      },
    },
    '.',
    ' ',
  );

  const tokens = vscode.languages.registerDocumentRangeSemanticTokensProvider(
    SELECTOR,
    {
      async provideDocumentRangeSemanticTokens(document, range) {
        const builder = new vscode.SemanticTokensBuilder(LEGEND);
        const source = isChecked(context, document) ? await sources.of(document) : null;
        if (source === null) return builder.build();
        const text = document.getText();
        const seen = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
        const { statements } = await scripts.read(document);
        const shown = statements.filter((one) => !one.broken && one.start < seen.end && seen.start < one.end);
        for (const statement of shown.slice(0, MOST_COLOURED)) {
          const found = await quietly(context, async () =>
            referencesIn(
              text.slice(statement.start, statement.end),
              await source.placeOf(statement),
              source.catalog.object,
            ),
          );
          for (const reference of found ?? []) {
            if (reference.what !== 'column' || !reference.from.some(({ column }) => column.mask !== null))
              continue;
            const { start, end } = {
              start: statement.start + reference.start,
              end: statement.start + reference.end,
            };
            builder.push(rangeOf(document, { start, end }), 'maskedColumn');
          }
        }
        return builder.build();
      },
    },
    LEGEND,
  );
  return vscode.Disposable.from(hovers, completions, tokens);
}

const LEGEND = new vscode.SemanticTokensLegend(['maskedColumn']);
const MOST_COLOURED = 60;

const KINDS = {
  column: vscode.CompletionItemKind.Field,
  table: vscode.CompletionItemKind.Struct,
  view: vscode.CompletionItemKind.Interface,
  schema: vscode.CompletionItemKind.Module,
  database: vscode.CompletionItemKind.Folder,
  alias: vscode.CompletionItemKind.Variable,
  function: vscode.CompletionItemKind.Function,
  keyword: vscode.CompletionItemKind.Keyword,
} as const;

/** Where what is being written begins: behind the `;` of what is finished, even where nothing parses yet. */
function writtenAt(
  text: string,
  offset: number,
  statement: ScriptStatement | undefined,
): readonly [number, ScriptStatement | undefined] {
  if (statement === undefined || statement.start > offset) return [offset, undefined];
  const isOver = statement.end < offset && text.slice(statement.end, offset).includes(';');
  return isOver ? [text.lastIndexOf(';', offset - 1) + 1, undefined] : [statement.start, statement];
}

async function placeOf(source: Source | null, statement: ScriptStatement | undefined) {
  return source === null
    ? { database: null, schema: null }
    : await source.placeOf(statement ?? { within: {} });
}

/** A relay that is not there is no error of whoever hovers. */
async function quietly<Answer>({ log }: SluiceContext, work: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await work();
  } catch (error) {
    log.debug('sql', error instanceof Error ? error.message : 'no answer');
    return null;
  }
}

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { isRelayError, type RelayClient } from '@sluice/contract';
import * as vscode from 'vscode';
import { copyCells, type CellRange } from '../../results/copy.ts';
import { type ExportPart, exportRows } from '../../results/export.ts';
import type { RowFormat } from '../../results/formats.ts';
import type { Run } from '../../results/run.ts';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';

export interface CopyAsked {
  readonly range: CellRange;
  readonly as: RowFormat;
  readonly withHeaders: boolean;
}

/** Takes what was returned out of the editor; each says what happened, to be shown. */
export const exportResult = {
  async copy(asked: CopyAsked, run: Run, client: Pick<RelayClient, 'statements'>): Promise<string> {
    const result = resultOf(run);
    if (result === null) return WORDS.failed.titles['result_unavailable']!;
    try {
      const range = { ...asked.range, toRow: Math.min(asked.range.toRow, result.rowCount) };
      const copied = await copyCells(client.statements, { ...result, ...asked, range });
      if (copied.type === 'too_much') return WORDS.said.tooMuch;
      await vscode.env.clipboard.writeText(copied.text);
      return WORDS.said.copied(copied.rows);
    } catch (error) {
      return isRelayError(error) ? error.message : String(error);
    }
  },

  /** @returns null when the person chose no file. */
  async toFile(
    as: 'csv' | 'json',
    run: Run,
    client: Pick<RelayClient, 'statements'>,
  ): Promise<string | null> {
    const result = resultOf(run);
    if (result === null) return WORDS.failed.titles['result_unavailable']!;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `result.${as}`;
    const target = await vscode.window.showSaveDialog({
      filters: { [as.toUpperCase()]: [as] },
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    });
    if (target === undefined) return null;
    const progress = {
      location: vscode.ProgressLocation.Notification,
      title: WORDS.said.exporting,
      cancellable: true,
    };
    try {
      const rows = await vscode.window.withProgress(progress, async (report, token) => {
        const stopped = new AbortController();
        token.onCancellationRequested(() => stopped.abort());
        const parts = exportRows(client.statements, { ...result, as }, stopped.signal);
        const told = tellProgress(parts, (rows) =>
          report.report({ message: WORDS.said.exportedSoFar(rows) }),
        );
        return target.scheme === 'file'
          ? await writeFile(target.fsPath, told)
          : await writeElsewhere(target, told);
      });
      return WORDS.said.exported(rows, vscode.workspace.asRelativePath(target));
    } catch (error) {
      const why = isRelayError(error)
        ? error.message
        : error instanceof Error
          ? error.message
          : String(error);
      return `${WORDS.said.notExported}: ${why}`;
    }
  },
} as const;

function resultOf(run: Run) {
  const [state, statement] = [run.state(), run.statement()];
  if (state.phase !== 'succeeded' || statement === null) return null;
  return { statement, columns: state.columns, rowCount: state.rowCount };
}

async function* tellProgress(parts: AsyncIterable<ExportPart>, tell: (rows: number) => void) {
  for await (const part of parts) {
    tell(part.rows);
    yield part;
  }
}

/** Whole or not at all: a file that ends in the middle would be taken for all there is. */
async function writeFile(path: string, parts: AsyncIterable<ExportPart>): Promise<number> {
  const unfinished = `${path}.part`;
  let rows = 0;
  try {
    const file = createWriteStream(unfinished);
    await once(file, 'open');
    for await (const part of parts) {
      ({ rows } = part);
      if (!file.write(part.text)) await once(file, 'drain');
    }
    file.end();
    await once(file, 'close');
    await rename(unfinished, path);
    return rows;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** What the editor reaches by other means than files takes a text at once. UTF-16 code units. */
const MOST_ELSEWHERE = 64 * 1024 * 1024;

async function writeElsewhere(target: vscode.Uri, parts: AsyncIterable<ExportPart>): Promise<number> {
  const texts: string[] = [];
  let [rows, size] = [0, 0];
  for await (const part of parts) {
    ({ rows } = part);
    size += part.text.length;
    if (size > MOST_ELSEWHERE)
      throw new Error('it is too large for this place: choose a file on this computer');
    texts.push(part.text);
  }
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(texts.join('')));
  return rows;
}

import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { createFindingsIndex, LARGEST_BYTES } from '../../findings/index.ts';
import type { SluiceContext } from '../context.ts';
import { readText } from './file-tree.ts';
import { diagnosticOf } from './folder-findings.ts';
import { hostsOf, relaysKnown } from './relays.ts';

/** A person's own profiles, which are outside of every workspace: read when the person asks for it, and at no other time. */
const PROFILES = [
  '.snowflake/connections.toml',
  '.snowflake/config.toml',
  '.config/snowflake/connections.toml',
  '.config/snowflake/config.toml',
  'Library/Application Support/snowflake/connections.toml',
  'Library/Application Support/snowflake/config.toml',
  '.snowsql/config',
  '.dbt/profiles.yml',
];

export async function lookAtOwnProfiles(
  context: SluiceContext,
  diagnostics: vscode.DiagnosticCollection,
): Promise<void> {
  const words = context.words.findings;
  const chosen = await vscode.window.showInformationMessage(
    words.ownProfiles.ask,
    { modal: true, detail: PROFILES.map((path) => `~/${path}`).join('\n') },
    words.ownProfiles.look,
  );
  if (chosen !== words.ownProfiles.look) return;
  const index = createFindingsIndex({ relays: () => hostsOf(relaysKnown(context)), ignored: () => [] });
  let count = 0;
  diagnostics.clear();
  for (const path of PROFILES) {
    const uri = vscode.Uri.joinPath(vscode.Uri.file(homedir()), path);
    const text = await readText(uri, LARGEST_BYTES).catch(() => null);
    if (text === null) continue;
    count += 1;
    diagnostics.set(
      uri,
      index.look(path, text).findings.map((finding) => diagnosticOf(finding, context)),
    );
  }
  const found = index.all();
  const findings = found.reduce((sum, file) => sum + file.findings.length, 0);
  if (count === 0) return void vscode.window.showInformationMessage(words.ownProfiles.none);
  void vscode.window.showInformationMessage(findings === 0 ? words.none : words.some(findings, found.length));
}

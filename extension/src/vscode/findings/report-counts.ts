import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { consentFor, type Counts, countsOf, type FoundFile, reportOf } from '../../findings/index.ts';
import type { Account } from '../accounts.ts';
import type { SluiceContext } from '../context.ts';

const ASKED = 'sluice.findings.wasAsked';
const LAST = 'sluice.findings.lastReport';

/** The count for the security team: sent only when the person has agreed, and then only when it has changed. */
export interface CountReporter {
  /** After a look: asks once, sends, or does neither. */
  consider(): Promise<void>;
}

export function createCountReporter(
  context: SluiceContext,
  files: () => readonly FoundFile[],
): CountReporter {
  const { accounts, extension, log, words } = context;
  return {
    async consider() {
      const account = accounts.current();
      const counts = countsOf(files());
      const settings = vscode.workspace.getConfiguration('sluice.findings');
      const consent = consentFor({
        // A workspace's settings say nothing for a person.
        setting: settings.inspect('reportCounts')?.globalValue ?? 'ask',
        wasAsked: extension.globalState.get(ASKED) === true,
        isTrusted: vscode.workspace.isTrusted,
        isSignedIn: account !== null,
        hasFindings: files().some(({ findings }) => findings.length > 0),
      });
      if (account === null || consent === 'silent') return;
      if (consent === 'ask') {
        await extension.globalState.update(ASKED, true);
        const { attempt: _attempt, ...shown } = reportOf(counts, '', new Date().toISOString());
        const chosen = await vscode.window.showInformationMessage(
          words.findings.report.ask(account.name, JSON.stringify(shown)),
          words.findings.report.always,
          words.findings.report.never,
        );
        if (chosen === undefined) return;
        // The setting's change makes everything be looked at again, which sends what there is then.
        const setting = chosen === words.findings.report.always ? 'always' : 'never';
        await settings.update('reportCounts', setting, vscode.ConfigurationTarget.Global);
        return;
      }
      await send(account, counts).catch((error: unknown) =>
        log.warn('findings: the counts could not be sent', error instanceof Error ? error.message : ''),
      );
    },
  };

  async function send(account: Account, counts: Counts): Promise<void> {
    const last = `${account.id} ${JSON.stringify(counts)}`;
    if (extension.workspaceState.get(LAST) === last) return;
    // First, so that two looks at a time send it once; taken back when it did not arrive.
    await extension.workspaceState.update(LAST, last);
    try {
      const client = await account.client();
      await client.attempts.report({ body: reportOf(counts, randomUUID(), new Date().toISOString()) });
    } catch (error) {
      await extension.workspaceState.update(LAST, undefined);
      throw error;
    }
  }
}

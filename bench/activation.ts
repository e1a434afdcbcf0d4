import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hasEditor, openEditor } from '../test/editor/open-editor.ts';
import { percentile, type Report } from './benchmark.ts';

/**
 * What the editor waits for the extension when it starts, as the editor itself says it in *Developer: Show Running Extensions*
 * (to load the program and to call `activate`), window after window, and beside it the editor's own extensions that start in
 * the same way and the same second. Milliseconds; the first window, for which nothing has been compiled yet, is `firstMs`.
 * `processorMs` is processor time of the same in a process of its own, with an editor that only says yes: what others do on the
 * machine is not in it.
 */
export async function activation(): Promise<Report> {
  if (!hasEditor) throw new Error('there is no editor here: test/editor/install puts one in place');
  const editor = await openEditor({
    settings: { 'git.enabled': true },
    // High enough for all of them: the list has in the page what is on the screen.
    context: { viewport: { width: 1_280, height: 3_000 } },
  });
  try {
    const times = new Map<string, number[]>();
    for (let round = 0; round <= ROUNDS; round += 1) {
      if (round > 0) await editor.reload();
      await editor.command('Developer: Show Running Extensions');
      const rows = editor.page.locator('.runtime-extensions-editor .monaco-list-row');
      await rows.filter({ hasText: 'Sluice' }).filter({ hasText: 'Activation' }).waitFor();
      for (const text of await rows.allInnerTexts()) {
        const [, ms] = /Activation: (\d+)ms/.exec(text) ?? [];
        const name = text.split('\n')[0]!.trim();
        if (ms !== undefined) times.set(name, [...(times.get(name) ?? []), Number(ms)]);
      }
    }
    const installed = await editor.inHost(
      (api) => api.extensions.getExtension('sluice.sluice')!.extensionPath,
    );
    const processor = Array.from({ length: ROUNDS }, () => processorMsOf(installed));
    const [firstMs = Number.NaN, ...own] = times.get(OWN) ?? [];
    const others = [...times].flatMap(([name, [, ...rest]]) =>
      name === OWN || rest.length === 0 ? [] : [percentile(rest, 0.5)],
    );
    const medianMs = percentile(own, 0.5);
    const slowestOtherMs = Math.max(...others);
    return {
      name: 'activation',
      figures: {
        rounds: own.length,
        firstMs,
        medianMs,
        mostMs: Math.max(...own),
        processorMs: percentile(processor, 0.5),
        others: others.length,
        slowestOtherMs,
      },
      ratios: { vsSlowestOther: medianMs / slowestOtherMs },
    };
  } finally {
    await editor.close();
  }
}

const OWN = 'Sluice';
const ROUNDS = 10;

function processorMsOf(extension: string): number {
  const program = fileURLToPath(new URL('../extension/bin/testing/activate.cjs', import.meta.url));
  const told = execFileSync(process.execPath, [program, extension], { encoding: 'utf8' });
  return (JSON.parse(told) as { readonly processorMs: number }).processorMs;
}

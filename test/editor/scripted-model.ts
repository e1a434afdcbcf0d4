import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import type { Editor } from './open-editor.ts';

/** What the model says next: a text, or a tool that it wants called. With `when`, only to a question that has this in it. */
export type ScriptedAnswer = { readonly when?: string } & (
  { readonly text: string } | { readonly tool: string; readonly input: object }
);

/** What it was asked, and with which tools. */
export interface Asked {
  readonly said: readonly { readonly content: readonly unknown[] }[];
  readonly tools: readonly string[];
}

/** A language model and an agent around it (`@agent`), in the editor, that do what a test has written down. */
export interface ScriptedModel {
  /** For `openEditor`. */
  readonly extensions: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  say(...answers: readonly ScriptedAnswer[]): void;
  asked(): readonly Asked[];
  /** What tools have answered it so far, all in one. */
  answers(): string;
}

export async function scriptedModel(folder: string): Promise<ScriptedModel> {
  mkdirSync(folder, { recursive: true });
  const vsix = join(folder, 'scripted-model.vsix');
  const { log } = console;
  // What vsce has to tell is no news here.
  console.log = () => {};
  try {
    await createVSIX({
      cwd: fileURLToPath(new URL('scripted-model', import.meta.url)),
      packagePath: vsix,
      dependencies: false,
      allowMissingRepository: true,
      skipLicense: true,
    });
  } finally {
    console.log = log;
  }
  const asked = (): readonly Asked[] => {
    const file = join(folder, 'asked.ndjson');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Asked);
  };
  return {
    extensions: [vsix],
    env: { SLUICE_TEST_MODEL: folder },
    say: (...answers) => writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers)),
    asked,
    answers: () =>
      asked()
        .flatMap(({ said }) => said.at(-1)?.content ?? [])
        .flatMap((part) => (Object(part) as { answered?: readonly string[] }).answered ?? [])
        .join('\n'),
  };
}

/** Asks in the chat view, as a person does, in a conversation of its own. */
export async function askInChat({ inHost }: Editor, query: string, isNew = true): Promise<void> {
  await inHost(
    async ({ commands }, asked) => {
      if (asked.isNew) await commands.executeCommand('workbench.action.chat.newChat');
      const modelSelector = { vendor: 'scripted' };
      // Its promise is the answer's: nobody waits for it here.
      void commands.executeCommand('workbench.action.chat.open', {
        query: asked.query,
        mode: 'ask',
        modelSelector,
      });
    },
    { query, isNew },
  );
}

/** What the chat view shows. */
export async function chatText({ page }: Editor): Promise<string> {
  return await page.locator('.interactive-session').first().innerText();
}

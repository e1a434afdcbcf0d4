import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createRelayClient } from '@sluice/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Editor, hasEditor, openEditor } from './open-editor.ts';
import { askInChat, chatText, type ScriptedModel, scriptedModel } from './scripted-model.ts';
import { signIn } from './sign-in.ts';

const folder = temporaryFolder();

describe.skipIf(!hasEditor)('the agents’ hook, set up by the editor', () => {
  let editor: Editor;
  let model: ScriptedModel;
  beforeAll(async () => {
    model = await scriptedModel(join(folder, 'model'));
    editor = await openEditor({ extensions: model.extensions, env: model.env });
  });
  afterAll(() => editor?.close());

  const file = () => join(editor.data, '.copilot/hooks/sluice.json');
  const choose = async (label: string) => {
    await editor.inHost(({ commands }) => void commands.executeCommand('sluice.installHook'));
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
  };
  /** As a harness asks it: by the command of the file, before a tool is called. */
  async function ask(command: string) {
    const { hooks } = JSON.parse(readFileSync(file(), 'utf8')) as {
      readonly hooks: { readonly preToolUse: readonly { readonly bash: string }[] };
    };
    const { PATH } = process.env;
    const env = { PATH, HOME: editor.data, XDG_CONFIG_HOME: join(editor.data, 'config') };
    const child = spawn('bash', ['-c', hooks.preToolUse[0]!.bash], { cwd: editor.workspace, env });
    child.stdin.end(JSON.stringify({ tool_name: 'run_in_terminal', tool_input: { command } }));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { out: await text(child.stdout), code: await ended };
  }

  it('denies what would go past the relay, with the program that the extension brings', async () => {
    await signIn(editor, 'ada');
    await choose('For you, in every folder');
    await expect.poll(() => existsSync(file())).toBe(true);
    expect((await ask('snow sql -q "select 1"')).out).toContain('"permissionDecision":"deny"');
    expect(await ask('git status')).toEqual({ out: '', code: 0 });
  });

  it('knows the relay, and has no token in any file', async () => {
    const settings = readFileSync(join(editor.data, 'config/sluice/hook.json'), 'utf8');
    expect(JSON.parse(settings)).toEqual({ url: editor.demo.relay.url });
    expect(statSync(join(editor.data, 'config/sluice')).isDirectory()).toBe(true);
  });

  it('denies an agent’s terminal command before it runs, and the agent is told what to use', async () => {
    const proof = join(editor.workspace, 'it-ran.txt');
    const command = `touch ${proof}; snowsql -q "select * from customers"`;
    model.say({ tool: 'run_in_terminal', input: { command } }, { text: 'I use the tool, then.' });
    await askInChat(editor, '@agent read the customers');
    await expect.poll(() => chatText(editor)).toContain('I use the tool, then.');
    expect(model.answers()).toMatch(/denied by a hook: [^]*snowsql[^]*(?:sluice_run_sql|run_statement)/);
    expect(existsSync(proof)).toBe(false);
  });

  it('lets the agent’s other commands run', async () => {
    const proof = join(editor.workspace, 'it-ran.txt');
    const command = `touch ${proof}; echo it is there`;
    model.say({ tool: 'run_in_terminal', input: { command } }, { text: 'It is done.' });
    await askInChat(editor, '@agent write a file');
    await expect.poll(() => chatText(editor)).toContain('It is done.');
    expect(model.answers()).toContain('it is there');
    expect(existsSync(proof)).toBe(true);
  });

  it('has what it stopped put on the record by the extension', async () => {
    const ada = createRelayClient({
      url: editor.demo.relay.url,
      token: await editor.demo.tokenFor('ada'),
    });
    const attempts = async () => {
      const { sessions } = await ada.sessions.list();
      const found: string[] = [];
      for (const { session } of sessions)
        for await (const event of await ada.sessions.events({ params: { id: session } }))
          if ('body' in event && event.body.type === 'bypass_attempted') found.push(event.body.kind);
      return found;
    };
    await expect.poll(attempts, { timeout: 120_000 }).toEqual(['client', 'client']);
  });

  it('is taken out again', async () => {
    await choose('Remove it for you');
    await expect.poll(() => existsSync(file())).toBe(false);
  });
});

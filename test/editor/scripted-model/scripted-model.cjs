// @ts-check
const { exec } = require('node:child_process');
const { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');
/** There in an editor alone. */
const vscode = module.require('vscode');

const MODEL = {
  id: 'scripted',
  name: 'Scripted',
  family: 'scripted',
  version: '1',
  maxInputTokens: 100_000,
  maxOutputTokens: 8_000,
  isUserSelectable: true,
  capabilities: { toolCalling: true },
};

/**
 * Answers from `answers.json` in the folder that the test named, the first one that is left at a time, and writes what it was
 * asked to `asked.ndjson`. An answer is `{ "text": "..." }` or `{ "tool": "name", "input": {} }`; with `when`, it is for
 * a question that has this text in its last message.
 */
exports.activate = (/** @type {{ subscriptions: unknown[] }} */ { subscriptions }) => {
  const folder = process.env['SLUICE_TEST_MODEL'];
  if (folder === undefined) return;
  const answers = join(folder, 'answers.json');
  const take = (/** @type {string} */ last) => {
    const left = existsSync(answers) ? JSON.parse(readFileSync(answers, 'utf8')) : [];
    const at = left.findIndex(
      (/** @type {{ when?: string }} */ { when }) => when === undefined || last.includes(when),
    );
    if (at === -1) return { text: '(nothing is left of the script)' };
    const [found] = left.splice(at, 1);
    writeFileSync(answers, JSON.stringify(left));
    return found;
  };
  subscriptions.push(
    vscode.chat.createChatParticipant('scripted.agent', agent),
    vscode.lm.registerLanguageModelChatProvider('scripted', {
      provideLanguageModelChatInformation: async () => [MODEL],
      provideTokenCount: async (_model, text) => Math.ceil(JSON.stringify(text).length / 4),
      async provideLanguageModelChatResponse(_model, messages, options, progress) {
        const said = messages.map(({ role, content }) => ({ role, content: content.map(plain) }));
        const tools = (options.tools ?? []).map(({ name }) => name);
        const last = JSON.stringify(said.at(-1) ?? null);
        const answer = take(last);
        appendFileSync(join(folder, 'asked.ndjson'), `${JSON.stringify({ said, tools, answer })}\n`);
        if (answer.tool !== undefined) {
          const id = `call-${Date.now()}-${Math.random()}`;
          progress.report(new vscode.LanguageModelToolCallPart(id, answer.tool, answer.input));
        } else progress.report(new vscode.LanguageModelTextPart(answer.text));
      },
    }),
  );
};

/**
 * An agent, as the editor's own is: it gives the model every tool of Sluice's and a terminal, calls what the model asks for, which
 * the editor has confirmed in the chat, and tells the model what came of it, until it has no more to ask for. Before each call it
 * asks the person's hooks, as harnesses do (docs.github.com/en/copilot/reference/hooks-reference): a hook that says nothing that can
 * be read is none.
 */
async function agent({ prompt, model, toolInvocationToken }, _context, stream, token) {
  const tools = [
    ...vscode.lm.tools.filter(({ name }) => name.startsWith('sluice_')),
    { name: TERMINAL, description: 'Runs a command in a terminal', inputSchema: { type: 'object' } },
  ];
  const messages = [vscode.LanguageModelChatMessage.User(prompt)];
  for (;;) {
    const response = await model.sendRequest(messages, { tools }, token);
    const parts = [];
    for await (const part of response.stream) parts.push(part);
    messages.push(vscode.LanguageModelChatMessage.Assistant(parts));
    const calls = parts.filter((part) => part instanceof vscode.LanguageModelToolCallPart);
    for (const part of parts) if (part instanceof vscode.LanguageModelTextPart) stream.markdown(part.value);
    if (calls.length === 0) return {};
    const results = [];
    for (const { name, input, callId } of calls) {
      const options = {
        input,
        toolInvocationToken,
        tokenizationOptions: {
          tokenBudget: 4_000,
          countTokens: async (/** @type {string} */ text) => Math.ceil(text.length / 4),
        },
      };
      try {
        const denied = await deniedByHook(name, input);
        if (denied !== null) throw new Error(`denied by a hook: ${denied}`);
        const { content } =
          name === TERMINAL ? await inTerminal(input) : await vscode.lm.invokeTool(name, options, token);
        results.push(new vscode.LanguageModelToolResultPart(callId, content));
      } catch (error) {
        const failed = new vscode.LanguageModelTextPart(
          `failed: ${error instanceof Error ? error.message : String(error)}`,
        );
        results.push(new vscode.LanguageModelToolResultPart(callId, [failed]));
      }
    }
    messages.push(vscode.LanguageModelChatMessage.User(results));
  }
}

const TERMINAL = 'run_in_terminal';

async function inTerminal(/** @type {{ command: string }} */ { command }) {
  const { output } = await ran(command, '');
  return { content: [new vscode.LanguageModelTextPart(output)] };
}

/** @returns why not; null where no hook has anything against it. */
async function deniedByHook(/** @type {string} */ name, /** @type {object} */ input) {
  const folder = join(homedir(), '.copilot/hooks');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  for (const file of files) {
    const { hooks } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const { bash } of hooks.preToolUse ?? []) {
      const payload = { hook_event_name: 'PreToolUse', tool_name: name, tool_input: input, cwd: folderOf() };
      const { output, code } = await ran(bash, JSON.stringify(payload));
      const said = output.trim() === '' ? {} : JSON.parse(output);
      if (said.permissionDecision === 'deny' || code === 2)
        return said.permissionDecisionReason ?? 'no reason';
    }
  }
  return null;
}

function folderOf() {
  return vscode.workspace.workspaceFolders[0].uri.fsPath;
}

/** @returns {Promise<{ output: string, code: number }>} */
async function ran(/** @type {string} */ command, /** @type {string} */ input) {
  return await new Promise((resolve) => {
    const child = exec(command, { cwd: folderOf(), shell: '/bin/bash' }, (error, output) =>
      resolve({ output, code: error?.code ?? 0 }),
    );
    child.stdin?.end(input);
  });
}

/** @param {unknown} part */
function plain(part) {
  if (part instanceof vscode.LanguageModelTextPart) return part.value;
  if (part instanceof vscode.LanguageModelToolCallPart) return { called: part.name, input: part.input };
  if (part instanceof vscode.LanguageModelToolResultPart) return { answered: part.content.map(plain) };
  return '(something else)';
}

// @ts-check
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
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
 * An agent, as the editor's own is: it gives the model every tool of Sluice's, calls what the model asks for, which the editor
 * has confirmed in the chat, and tells the model what came of it, until it has no more to ask for.
 */
async function agent({ prompt, model, toolInvocationToken }, _context, stream, token) {
  const tools = vscode.lm.tools.filter(({ name }) => name.startsWith('sluice_'));
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
        const { content } = await vscode.lm.invokeTool(name, options, token);
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

/** @param {unknown} part */
function plain(part) {
  if (part instanceof vscode.LanguageModelTextPart) return part.value;
  if (part instanceof vscode.LanguageModelToolCallPart) return { called: part.name, input: part.input };
  if (part instanceof vscode.LanguageModelToolResultPart) return { answered: part.content.map(plain) };
  return '(something else)';
}

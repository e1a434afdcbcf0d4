import * as vscode from 'vscode';
import type { AgentTool, Sizing } from '../tools/index.ts';
import { abortSignalOf } from './abort-signal.ts';
import type { Account } from './accounts.ts';
import type { SluiceContext } from './context.ts';

/** The tools of the manifest, for agents of every harness. */
export function registerAgentTools(context: SluiceContext): vscode.Disposable {
  const { languageModelTools } = context.extension.extension.packageJSON.contributes as {
    readonly languageModelTools: readonly { readonly name: string }[];
  };
  const confirmed = new Map<string, string>();
  return vscode.Disposable.from(
    ...languageModelTools.map(({ name }) => vscode.lm.registerTool(name, theTool(name, context, confirmed))),
  );
}

/** @param confirmed by call: the account that a person was told of when they confirmed it. */
function theTool(
  name: string,
  { accounts, words, log }: SluiceContext,
  confirmed: Map<string, string>,
): vscode.LanguageModelTool<unknown> {
  const { answer: said, confirm: asked } = words.agents;
  return {
    async prepareInvocation({ input }, token) {
      const { tool, isMalformed } = await loaded(name);
      if (isMalformed(input)) return null;
      const invocationMessage = tool.doing(input);
      const account = accounts.current();
      if (!tool.isConfirmed) return { invocationMessage };
      if (account === null) {
        return {
          invocationMessage,
          confirmationMessages: { title: asked.unknown, message: asked.notSignedIn },
        };
      }
      const call = { ...(await callBy(account)), signal: abortSignalOf(token) };
      const confirmation = await tool.confirm(input, call);
      if (confirmation === null) return { invocationMessage };
      remember(confirmed, keyOf(name, input), account.id);
      const message = new vscode.MarkdownString(confirmation.message);
      return { invocationMessage, confirmationMessages: { title: confirmation.title, message } };
    },
    async invoke({ input, tokenizationOptions }, token) {
      const { tool, failureOf } = await loaded(name);
      const account = accounts.current();
      if (account === null) throw new Error(said.notSignedIn);
      const key = keyOf(name, input);
      const confirmedFor = confirmed.get(key);
      confirmed.delete(key);
      if (confirmedFor !== undefined && confirmedFor !== account.id) throw new Error(said.otherRelay);
      const signal = abortSignalOf(token);
      try {
        const call = { ...(await callBy(account)), signal, size: sizingOf(tokenizationOptions) };
        const text = await tool.answer(input, call);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      } catch (error) {
        if (signal.aborted) throw new vscode.CancellationError();
        log.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        throw new Error(failureOf(error), { cause: error });
      }
    },
  };
}

/** Loaded when one is first called: starting has no time for them. */
async function loaded(name: string) {
  const [{ AGENT_TOOLS, MalformedInput }, { isRelayError }, { WORDS }] = await Promise.all([
    import('../tools/index.ts'),
    import('@sluice/contract'),
    import('../words.ts'),
  ]);
  const tool = AGENT_TOOLS.find((one) => one.name === name) as AgentTool;
  return {
    tool,
    isMalformed(input: unknown): boolean {
      try {
        tool.doing(input);
        return false;
      } catch (error) {
        if (error instanceof MalformedInput) return true;
        throw error;
      }
    },
    failureOf(error: unknown): string {
      if (isRelayError(error)) return WORDS.agents.answer.failed(error.message, error.advice);
      return error instanceof Error ? error.message : String(error);
    },
  };
}

async function callBy(account: Account) {
  return { client: await account.client(), relay: account.name, person: account.person.name };
}

/** Tokens that a result may have where the harness says nothing, and at most. */
const DEFAULT_TOKENS = 4_000;
const MOST_TOKENS = 8_000;

function sizingOf(options: vscode.LanguageModelToolTokenizationOptions | undefined): Sizing {
  if (options === undefined) return { tokens: DEFAULT_TOKENS, count: async (text) => estimate(text) };
  return {
    tokens: Math.min(options.tokenBudget, MOST_TOKENS),
    async count(text) {
      try {
        return await options.countTokens(text);
      } catch {
        return estimate(text);
      }
    },
  };
}

/** Rather too many: digits and tokens of masks take more than words. */
function estimate(text: string): number {
  return Math.ceil(text.length / 2.5);
}

function keyOf(name: string, input: unknown): string {
  return `${name} ${JSON.stringify(input)}`;
}

/** Calls that were confirmed and never made are forgotten in time. */
function remember(confirmed: Map<string, string>, key: string, account: string): void {
  confirmed.delete(key);
  confirmed.set(key, account);
  if (confirmed.size > 100) confirmed.delete(confirmed.keys().next().value!);
}

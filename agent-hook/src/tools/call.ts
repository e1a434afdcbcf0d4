/** A tool's call, in whatever form a harness tells of it. */
export interface ToolCall {
  readonly harness: Harness;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Where the harness says that it is; null if it does not. */
  readonly folder: string | null;
  /** The harness' own id of the conversation. */
  readonly session: string | null;
}

/**
 * Who asks, as far as the payload's form tells: VS Code's Local harness, Copilot (its CLI, app, cloud agent and agent host),
 * what speaks as Claude Code does, which Copilot does too for hooks that are set up so, and those with events of their own.
 */
export type Harness = 'vscode' | 'copilot' | 'claude' | 'gemini' | 'cursor' | 'windsurf';

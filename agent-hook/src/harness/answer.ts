import type { Harness } from '../tools/call.ts';

/** What a hook prints, and how it ends. */
export interface HookAnswer {
  /** On standard output; nothing where there is nothing to say. */
  readonly output: string;
  /** On standard error. */
  readonly note: string;
  readonly exitCode: 0 | 2;
}

/** Nothing is said of it: the harness goes on as it would without a hook. */
export const PASSED: HookAnswer = { output: '', note: '', exitCode: 0 };

/**
 * No, with a reason that the model reads. Copilot reads `permissionDecision`, VS Code and Claude Code read it within
 * `hookSpecificOutput`, and each ignores the other: the answer says both, because a hook may be set up in one's form and run by
 * another. They read it only if the hook ends well. The others take the exit code for no, and the note for the reason.
 */
export function denied(reason: string, harness: Harness): HookAnswer {
  return BY_EXIT_CODE.has(harness)
    ? failedClosed(reason)
    : { output: decision(reason), note: '', exitCode: 0 };
}

const BY_EXIT_CODE: ReadonlySet<Harness> = new Set(['gemini', 'cursor', 'windsurf'] as const);

/**
 * No, where the hook itself does not know what it was asked, and so not by whom: exit code 2 stops the call in every harness,
 * whatever it makes of the output.
 */
export function failedClosed(reason: string): HookAnswer {
  return { output: decision(reason), note: `${reason}\n`, exitCode: 2 };
}

function decision(permissionDecisionReason: string): string {
  const decided = { permissionDecision: 'deny', permissionDecisionReason } as const;
  return `${JSON.stringify({ ...decided, hookSpecificOutput: { hookEventName: 'PreToolUse', ...decided } })}\n`;
}

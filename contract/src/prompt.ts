import { z } from 'zod';

/** The person who asked, in exactly these words; or a model that says what it was asked, in its own. */
export const promptBy = z.enum(['person', 'model']);

/** The client's name for the conversation that a prompt belongs to: letters, digits and marks of ASCII, no space. */
export const conversationId = z.string().regex(/^[!-~]{1,200}$/);

/** What led to a statement. All of it is the client's claim, and nothing checks it. */
export const promptSeen = z.strictObject({
  text: z.string(),
  /** Where the relay has it from: `api`, `mcp`, `query_tag`. */
  source: z.string(),
  /** Whose words they are; absent when the client does not say. */
  by: promptBy.optional(),
  conversation: z.string().optional(),
});

export type PromptBy = z.infer<typeof promptBy>;
export type PromptSeen = z.infer<typeof promptSeen>;

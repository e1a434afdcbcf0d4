import { z } from 'zod';

/**
 * What an agent may say of itself in a query tag, as JSON: `{"agent": "...", "prompt": "..."}`. Any other tag says
 * nothing. Claims only: policy may match them, identity they are not.
 */
export interface QueryTag {
  readonly agent: string | null;
  readonly prompt: string | null;
}

export function readQueryTag(tag: string | null | undefined): QueryTag {
  const read = tagObject.safeParse(parseJson(tag ?? ''));
  const { agent = null, prompt = null } = read.success ? read.data : {};
  return { agent, prompt };
}

const tagObject = z.object({
  agent: z.string().max(256).optional(),
  // Of any length: one that is too long is refused with its statement, not left unsaid.
  prompt: z.string().optional(),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

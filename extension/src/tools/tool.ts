import type { RelayClient } from '@sluice/contract';
import { z } from 'zod';
import { WORDS } from '../words.ts';

/** As statements by tools say who made them: a tool is not told which model or harness calls it. */
export const TOOLS_AGENT = 'VS Code agent';

/** What a tool works with, for one call. */
export interface ToolCall {
  readonly client: RelayClient;
  /** Where it goes, and as whom, in the person's words. */
  readonly relay: string;
  readonly person: string;
  /** Aborted when the person stops the agent: what runs is cancelled. */
  readonly signal: AbortSignal;
  readonly size: Sizing;
}

/** How much a model can read. */
export interface Sizing {
  readonly tokens: number;
  readonly count: (text: string) => Promise<number>;
}

/** What a person is shown before a tool is called. Markdown, in which other people's texts are plain. */
export interface Confirmation {
  readonly title: string;
  readonly message: string;
}

/** What a tool is made of. Its schema is the manifest's too (`manifest.test.ts` compares them). */
export interface ToolParts<Input> {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** What is said while it works. */
  readonly doing: (input: Input) => string;
  /** Null where nothing is run and nobody is asked; answers null where that is so for an input. */
  readonly confirm: ((input: Input, call: UnsizedCall) => Promise<Confirmation | null>) | null;
  /** What the model is told. @throws as the relay's client does, or the signal's reason. */
  readonly answer: (input: Input, call: ToolCall) => Promise<string>;
}

export type UnsizedCall = Omit<ToolCall, 'size'>;

/** A tool for agents, as it is called: with whatever a model made up. All of it throws `MalformedInput`. */
export interface AgentTool {
  readonly name: string;
  /** The JSON schema of its input. */
  readonly schema: object;
  /** Whether a person is shown something before it is called. */
  readonly isConfirmed: boolean;
  doing(given: unknown): string;
  confirm(given: unknown, call: UnsizedCall): Promise<Confirmation | null>;
  answer(given: unknown, call: ToolCall): Promise<string>;
}

/** An input that a model got wrong, in words that it can correct it by. */
export class MalformedInput extends Error {}

export function agentTool<Input>({ name, input, doing, confirm, answer }: ToolParts<Input>): AgentTool {
  const read = (given: unknown): Input => {
    const { success, data, error } = input.safeParse(given);
    if (success) return data;
    throw new MalformedInput(WORDS.agents.answer.malformed(z.prettifyError(error)));
  };
  return {
    name,
    schema: schemaOf(input),
    isConfirmed: confirm !== null,
    doing: (given) => doing(read(given)),
    confirm: async (given, call) => (confirm === null ? null : await confirm(read(given), call)),
    answer: async (given, call) => await answer(read(given), call),
  };
}

/** As it is sent to models, some of which refuse what they do not know: without what the schema says by a pattern or no limit. */
function schemaOf(input: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override({ jsonSchema }) {
      delete jsonSchema.pattern;
      delete jsonSchema.format;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return schema;
}

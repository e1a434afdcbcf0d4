import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { AGENT_TOOLS } from './index.ts';

const { languageModelTools } = manifest.contributes;

it('has every tool, with the schema by which its input is read', () => {
  expect(languageModelTools.map(({ name, inputSchema }) => ({ name, schema: inputSchema }))).toEqual(
    AGENT_TOOLS.map(({ name, schema }) => ({ name, schema })),
  );
});

it.each(languageModelTools)('$name is there in every harness', (tool) => {
  // Both, or agents do not see it.
  expect(tool.canBeReferencedInPrompt).toBe(true);
  expect(tool.toolReferenceName).toMatch(/^[\w-]+$/);
  expect(tool.modelDescription.length).toBeGreaterThan(80);
});

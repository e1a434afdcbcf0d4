import type { Explanation } from '@sluice/contract';
import { type Explained, explained } from '../explaining/index.ts';
import { plainText } from '../markdown/index.ts';
import { WORDS } from '../words.ts';
import type { ChatOut } from './ports.ts';

/** What a statement would do, as a list. */
export function showExplanation(explanation: Explanation, out: ChatOut): Explained {
  const told = explained(explanation);
  out.markdown(
    [
      `**${plainText(told.headline)}**`,
      '',
      ...told.lines.map((each) => `- ${plainText(each)}`),
      ...(told.advice === null ? [] : [`- ${plainText(WORDS.agents.answer.allowed(told.advice))}`]),
      '',
      '',
    ].join('\n'),
  );
  return told;
}

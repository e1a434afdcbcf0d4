import type { PromptSeen } from '@sluice/contract';
import { WORDS } from '../words.ts';

/** Whose words a prompt is in, which way it came, and the conversation that it belongs to; all of it as the client says. */
export function PromptOrigin({
  prompt,
}: {
  readonly prompt: Pick<PromptSeen, 'by' | 'conversation'> & { readonly source?: string };
}) {
  const { by, source, conversation } = prompt;
  return (
    <>
      {WORDS.request.promptBy[by ?? 'unsaid']}
      {source !== undefined && ` ${WORDS.request.promptSource(source)}`}
      {conversation !== undefined && (
        <>
          {' '}
          {WORDS.request.conversation} <code className="prompt-conversation">{conversation}</code>.
        </>
      )}
    </>
  );
}

import { WORDS } from '../words.ts';
import type { ChatMemory } from './ports.ts';

const words = WORDS.agents.chat.followUps;

export interface FollowUp {
  readonly command: string;
  readonly prompt: string;
}

/** What is worth asking next. */
export function followUps({ outcome }: Pick<ChatMemory, 'outcome'>): readonly FollowUp[] {
  switch (outcome) {
    case 'rows':
      return [{ command: 'why', prompt: words.whyMasked }];
    case 'refused':
      return [{ command: 'why', prompt: words.whyRefused }];
    case 'held':
    case 'shown':
      return [
        { command: 'why', prompt: words.whyHeld },
        { command: 'access', prompt: words.access },
      ];
    case 'explained':
    case 'none':
      return [];
    default:
      return outcome satisfies never;
  }
}

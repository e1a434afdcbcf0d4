import { type Keyword, KEYWORDS } from '../keywords.ts';
import type { Tokens } from '../tokens.ts';

/** The keywords that a name may be a misspelling of: one letter added, missing or different, or two letters swapped. */
export function misspelled({ text, kinds, keywords, starts, ends }: Tokens, at: number): readonly Keyword[] {
  if (kinds[at] !== 'word' || keywords[at] !== '') return [];
  const name = text.slice(starts[at], ends[at]).toUpperCase();
  if (name.length < SHORTEST || name.length > LONGEST) return [];
  return KEYWORDS.filter((keyword) => keyword.length >= SHORTEST && isNear(name, keyword)).slice(0, MOST);
}

const SHORTEST = 3;
const LONGEST = 32;
const MOST = 3;

function isNear(one: string, other: string): boolean {
  const shorter = one.length <= other.length ? one : other;
  const longer = shorter === one ? other : one;
  if (longer.length - shorter.length > 1) return false;
  let same = 0;
  while (same < shorter.length && shorter[same] === longer[same]) same += 1;
  if (longer.length > shorter.length) return shorter.slice(same) === longer.slice(same + 1);
  if (shorter.slice(same + 1) === longer.slice(same + 1)) return true;
  const isTurned = shorter[same] === longer[same + 1] && shorter[same + 1] === longer[same];
  return isTurned && shorter.slice(same + 2) === longer.slice(same + 2);
}

import { quoted, word } from './quoted.ts';
import { joined, shown, type ShownText } from './shown-text.ts';

/** Who somebody is: what they are called is their own choice, their subject and issuer are not. */
export interface NamedPerson {
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
}

/** `"Grace H." (grace at id.example.com)` */
export function personShown(person: NamedPerson): ShownText {
  return inBrackets(person, shown``);
}

/** `"Grace H." (grace at id.example.com, in developers)` */
export function memberShown(person: NamedPerson & { readonly groups: readonly string[] }): ShownText {
  const groups = person.groups.length === 0 ? shown`no groups` : wordsShown(person.groups);
  return inBrackets(person, shown`, in ${groups}`);
}

/** `developers, "night shift"` */
export function wordsShown(words: readonly string[], most = 6): ShownText {
  const named = words.slice(0, most).map((each) => word(each, { most: 80 }));
  return joined(words.length > most ? [...named, shown`${words.length - most} more`] : named, ', ');
}

/** Without its scheme, which would make a second link of it. */
function issuerShown(issuer: string): ShownText {
  const name = issuer.replace(/^https?:\/\//, '').replace(/\/$/, '');
  // Issuers are the configuration's own words, but not in what another program sends.
  return /^[\w.:-]+(?:\/[\w.~-]+)*$/.test(name) ? (name as ShownText) : quoted(name, { most: 120 });
}

function inBrackets({ name, subject, issuer }: NamedPerson, more: ShownText): ShownText {
  return shown`${quoted(name, { most: 80 })} (${word(subject, { most: 120 })} at ${issuerShown(issuer)}${more})`;
}

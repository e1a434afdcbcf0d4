/**
 * The beginning of a text, for the record, without what could be a secret: a value after a name that says so, what stands before
 * an `@` in an address, a key, and any word that looks random. It takes out too much rather than too little.
 *
 * @param most characters.
 */
export function redacted(text: string, most = 400): string {
  const plain = text
    .slice(0, most * 8)
    .toWellFormed()
    .replace(/-----BEGIN [^-]*-----[\s\S]*?(?:-----END [^-]*-----|$)/g, HIDDEN)
    .replace(/(:\/\/)[^/\s'"@]*@/g, `$1${HIDDEN}@`)
    // Before the names: of `Authorization: Bearer x`, the scheme alone would be taken for the value.
    .replace(/\b(Bearer|Basic|Snowflake Token=|KEYPAIR_JWT)\s*["']?[^\s"']+/gi, `$1 ${HIDDEN}`)
    .replace(NAMED, (_, name: string, between: string) => `${name}${between}${HIDDEN}`)
    .replace(
      /((?:^|\s)(?:-u|--user|-p|--password|--token|--pass|-P|--passcode)(?:\s+|=))("[^"]*"|'[^']*'|\S+)/g,
      `$1${HIDDEN}`,
    )
    .replace(/[^\s'"`=,;(){}[\]<>]{8,}/g, (word) => (looksSecret(word) ? HIDDEN : word));
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}

const HIDDEN = '•••';

const NAMED =
  /([\w-]*(?:pass(?:word|wd|code|phrase)?|pwd|token|secret|private[_-]?key|api[_-]?key|credential|authorization|_pat|jwt)[\w-]*)(["']?\]?\s*(?:=>|[:=,]|\s)\s*)((?:\$?"(?:[^"\\]|\\.)*"?)|(?:\$?'(?:[^'\\]|\\.)*'?)|[^\s;&|)]+)/gi;

/** What people write has few digits, and stands in words; paths and hosts have their own look. */
function looksSecret(word: string): boolean {
  if (
    /^(?:https?:\/\/)?[\w-]+(?:\.[\w-]+)+(?:[/:][\w./:-]*)?$/.test(word) &&
    word.length < 120 &&
    !/[\w-]{40}/.test(word)
  )
    return false;
  const [digits, letters] = [/\d/.test(word), /[a-z]/i.test(word)];
  if (word.length >= 32 && /^[A-Za-z0-9+/=_-]+$/.test(word)) return true;
  if (digits && letters && /[^\w./:-]/.test(word)) return true;
  return digits && /[a-z]/.test(word) && /[A-Z]/.test(word);
}

/** Whether a value is a stand-in for a secret, or says where one is, and is none itself. */
export function isPlaceholder(value: string): boolean {
  const text = value
    .trim()
    .replace(/^['"]|['"]$/g, '')
    .trim();
  if (text.length < 4) return true;
  return REFERENCE.test(text) || STAND_IN.test(text) || /^(.)\1*$/.test(text);
}

/** A variable, a template, or a call that fetches it. */
const REFERENCE =
  /^(?:\$|%\w+%|\{\{|<|\[|os\.|process\.|getenv|env[._(]|ENV\[|System\.getenv|secrets?[.[(]|config[.[(]|settings[.[(]|var\.|local\.|data\.|vault|op:\/\/|ref\+|!|arn:aws|@Microsoft\.KeyVault\(|ENC\[|projects\/[^/]+\/secrets\/|[a-z][a-z\d+.-]*:\/\/|None$|null$|true$|false$|undefined$)/i;
/** What documentation and tests write in its place. */
const STAND_IN =
  /^(?:x{3,}|\*+|\.{3,}|-+|_+|•+|(?:(?:your|my|the|a|an|some|insert|enter|put|add|replace|set|change|fill|todo|fixme|tbd|example|sample|dummy|fake|mock|test|testing|placeholder|redacted|secret|password|passwd|pwd|token|snowflake|pass|value|here|me|it|this|with|in|to|key|private|account|user|name|foo|bar|baz|qux|abc|123|1234|12345|not|real|none|null|empty|unused|hidden|masked|changeme|changeit|is|your_password_here)[\s_.\-!]*)+|hunter2)$/i;

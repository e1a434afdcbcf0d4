import type { Range } from '../range.ts';

/** Passwords in `CREATE USER ... PASSWORD = '...'`, as Snowflake writes it; other databases write no `=`, or a login. */
export function userPasswordsIn(text: string): readonly (Range & { readonly value: string })[] {
  return [
    ...text.matchAll(
      /\b(?:create|alter)\s+(?:or\s+replace\s+)?user\s[^;']{0,400}?(?<!with\s)\bpassword\s{0,3}=\s{0,3}'([^'\n]{1,400})'/dgi,
    ),
  ].map((match) => {
    const [start, end] = match.indices![1]!;
    return { start, end, value: match[1]! };
  });
}

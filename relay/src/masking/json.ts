/** JSON's own functions for numbers as text (ES2026), which the compiler's library does not know yet. */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}

const json = JSON as unknown as JsonWithSource;

/** Parses a document so that its numbers keep their text: a double would round what it cannot hold. */
export function parseJson(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? json.rawJSON(source) : value,
  );
}

/** Whether a parsed value is a number, kept as its text. */
export function isNumber(value: unknown): boolean {
  return json.isRawJSON(value);
}

/** An object with keys; a number kept as text is not one. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumber(value);
}

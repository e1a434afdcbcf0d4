/** `JSON.rawJSON` and its kin (https://tc39.es/proposal-json-parse-with-source), which the types do not have yet. */
interface JsonWithSource {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}

export const { rawJSON, isRawJSON } = JSON as unknown as JsonWithSource;

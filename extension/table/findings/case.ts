/** A file, and what is to be found in it: kinds in the order of their places; empty where nothing is. */
export interface Case {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly kinds: string;
}

/** @param kinds such as `secret key`; empty for none. */
export function of(name: string, path: string, kinds: string, text: string): Case {
  return { name, path, text, kinds };
}

/** Hosts that are a relay's to these cases. */
export const RELAYS = ['sluice.example.com'];

export const SECRET = 'Tr0ub4dor-and-3';
export const TOKEN =
  'eyJraWQiOiIxMjM0NSIsImFsZyI6IkVTMjU2In0.eyJwIjoiMjU0NTI5IiwiaXNzIjoiU0Y6MTA0OSJ9.b3m5lQ0Zy8';
export const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7'.repeat(3)}\n-----END PRIVATE KEY-----`;

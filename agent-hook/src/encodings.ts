/** Text that bytes are, in UTF-8 or, of PowerShell's, UTF-16; null where the text encodes none. */
export function decoded(text: string, how: 'base64' | 'hex'): string | null {
  const bytes = bytesOf(text, how);
  if (bytes === null || bytes.length === 0) return null;
  const isWide = bytes.length > 3 && bytes[1] === 0 && bytes[3] === 0;
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** Bytes that a text encodes; null where it encodes none. */
export function bytesOf(text: string, how: 'base64' | 'hex'): Uint8Array | null {
  return how === 'base64' ? fromBase64(text) : fromHex(text);
}

/** Bytes as a text of as many letters, for what is handed on between commands and is no text. */
export function asLetters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

/** What `asLetters` was given; null for another text. */
export function fromLetters(text: string): Uint8Array | null {
  const codes = Array.from(text, (letter) => letter.codePointAt(0)!);
  return codes.some((code) => code > 255) ? null : Uint8Array.from(codes);
}

function fromBase64(text: string): Uint8Array | null {
  const letters = text.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (letters.length < 2 || !/^[A-Za-z0-9+/]+$/.test(letters) || letters.length % 4 === 1) return null;
  return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
}

function fromHex(text: string): Uint8Array | null {
  const digits = text.replace(/\s+/g, '');
  if (digits.length < 2 || digits.length % 2 === 1 || !/^[0-9a-fA-F]+$/.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Bytes that a text encodes, as UTF-8 or, of PowerShell's, UTF-16; null where it encodes none. */
export function decoded(text: string, how: 'base64' | 'hex'): string | null {
  const bytes = how === 'base64' ? fromBase64(text) : fromHex(text);
  if (bytes === null || bytes.length === 0) return null;
  const isWide = bytes.length > 3 && bytes[1] === 0 && bytes[3] === 0;
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
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

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const utf16Base64 = (text: string): string => Buffer.from(text, 'utf16le').toString('base64');

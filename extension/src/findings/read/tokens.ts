import type { Range } from '../range.ts';
import type { Form } from '../form.ts';

export interface Token extends Range {
  readonly type: 'word' | 'text' | 'mark';
  /** Of a text: what is between its quotes, as it is written. */
  readonly value: string;
  /** Of a text: whether something is put into it when it runs. */
  readonly isFilled: boolean;
  /** Of a text: before and after what is between its quotes. */
  readonly opening: number;
  readonly closing: number;
}

/** Words, texts and marks of a program in one of many languages; comments are left out. Linear in the text's length. */
export function tokensOf(text: string, form: Form): readonly Token[] {
  const { hash, slash, dashes } = COMMENTS[form] ?? { hash: true, slash: true, dashes: false };
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = text[at]!;
    if (/\s/.test(letter)) at += 1;
    else if (
      (hash && letter === '#') ||
      (slash && text.startsWith('//', at)) ||
      (dashes && text.startsWith('--', at))
    )
      at = endOf(text, '\n', at);
    else if (slash && text.startsWith('/*', at)) at = endOf(text, '*/', at + 2);
    else if (text.startsWith('<!--', at)) at = endOf(text, '-->', at);
    else if (letter === '"' || letter === "'" || letter === '`') {
      const token = textAt(text, at, form, tokens.at(-1));
      tokens.push(token);
      at = token.end;
    } else if (/[A-Za-z_$]/.test(letter)) {
      let end = at + 1;
      while (end < text.length && /[\w$]/.test(text[end]!)) end += 1;
      tokens.push(plain('word', text, at, end));
      at = end;
    } else {
      const end = /^(?:=>|:=|==|!=|<=|>=|\?\?)/.test(text.slice(at, at + 2)) ? at + 2 : at + 1;
      tokens.push(plain('mark', text, at, end));
      at = end;
    }
  }
  return tokens;
}

const COMMENTS: Partial<
  Record<Form, { readonly hash: boolean; readonly slash: boolean; readonly dashes: boolean }>
> = {
  python: { hash: true, slash: false, dashes: false },
  javascript: { hash: false, slash: true, dashes: false },
  jvm: { hash: false, slash: true, dashes: false },
  go: { hash: false, slash: true, dashes: false },
  dotnet: { hash: false, slash: true, dashes: false },
  json: { hash: false, slash: true, dashes: false },
  hcl: { hash: true, slash: true, dashes: false },
};

function endOf(text: string, what: string, from: number): number {
  const end = text.indexOf(what, from);
  return end === -1 ? text.length : end + what.length;
}

function plain(type: 'word' | 'mark', text: string, start: number, end: number): Token {
  return { type, value: text.slice(start, end), start, end, isFilled: false, opening: 0, closing: 0 };
}

function textAt(text: string, start: number, form: Form, before: Token | undefined): Token {
  const quote = text[start]!;
  const isTriple = quote !== '`' && text.startsWith(quote.repeat(3), start) && form !== 'json';
  const mark = isTriple ? quote.repeat(3) : quote;
  const prefix = before?.type === 'word' && before.end === start ? before.value.toLowerCase() : '';
  const isRaw = (quote === '`' && form === 'go') || /^[bf]?r[bf]?$/.test(prefix) || text[start - 1] === '@';
  const goesOn = isTriple || quote === '`' || text[start - 1] === '@';
  let at = start + mark.length;
  while (at < text.length && !text.startsWith(mark, at)) {
    if (text[at] === '\n' && !goesOn) break;
    at += text[at] === '\\' && !isRaw ? 2 : 1;
  }
  const stop = Math.min(at, text.length);
  const isClosed = text.startsWith(mark, stop);
  const value = text.slice(start + mark.length, stop);
  return {
    type: 'text',
    value,
    start,
    end: stop + (isClosed ? mark.length : 0),
    opening: mark.length,
    closing: isClosed ? mark.length : 0,
    isFilled: isFilled(value, form, prefix, text[start - 1] ?? '', quote),
  };
}

function isFilled(value: string, form: Form, prefix: string, before: string, quote: string): boolean {
  switch (form) {
    case 'python':
      return prefix.includes('f') && /\{/.test(value);
    case 'javascript':
      return quote === '`' && value.includes('${');
    case 'dotnet':
      return before === '$' && value.includes('{');
    case 'jvm':
      return /\$\{|\$[a-z]/.test(value);
    case 'json':
    case 'hcl':
      return /\$\{/.test(value);
    default:
      return /#\{|\$\{/.test(value);
  }
}

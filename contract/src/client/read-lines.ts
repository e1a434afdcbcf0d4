import { RelayError } from './relay-error.ts';

/** Yields one JSON value per line as they arrive, each validated first. */
export async function* readLines<Value>(
  response: Response,
  check: (value: unknown) => Value,
): AsyncGenerator<Value> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const bytes of response.body) {
      rest += decoder.decode(bytes as Uint8Array, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield check(parse(line));
    }
  } catch (cause) {
    throw brokenOff(cause);
  }
  // An answer that broke off in the middle of a line is incomplete.
  if (rest !== '') throw brokenOff();
}

/** Yields the bytes of a file as they arrive. What they hold is checked by whoever reads the file. */
export async function* readBytes(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  try {
    for await (const bytes of response.body) yield bytes as Uint8Array;
  } catch (cause) {
    throw brokenOff(cause);
  }
}

function brokenOff(cause?: unknown): unknown {
  if (cause instanceof RelayError || (cause instanceof Error && cause.name === 'AbortError')) return cause;
  return new RelayError('relay_unreachable', 'the relay’s answer broke off', {
    advice: 'ask again for what is missing',
    ...(cause === undefined ? {} : { cause }),
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

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
    if (cause instanceof RelayError || (cause instanceof Error && cause.name === 'AbortError')) throw cause;
    throw new RelayError('relay_unreachable', 'the relay’s answer broke off', {
      advice: 'ask again for what is missing',
      cause,
    });
  }
  // An answer that broke off in the middle of a line is incomplete.
  if (rest !== '') {
    throw new RelayError('relay_unreachable', 'the relay’s answer broke off', {
      advice: 'ask again for what is missing',
    });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

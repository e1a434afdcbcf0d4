import { SluiceError } from './errors.ts';

/** What is wrong with where something was to listen; null for any other error. */
export function listenProblem(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): SluiceError | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return null;
  const problem = (text: string, advice: string) =>
    new SluiceError('config_invalid', text, { advice, cause: error });
  switch (code) {
    case 'EADDRINUSE':
      return problem(
        `port ${port} of ${host} is taken by another program`,
        'end that one, or name another port; 0 is any free one',
      );
    case 'EACCES':
      return problem(`port ${port} is not for this user`, 'name one above 1023');
    default:
      return problem(`nothing can listen on ${host}`, 'name an address of this machine, such as 127.0.0.1');
  }
}

/** A relay that a connection can be pointed at. */
export interface RelayAddress {
  /** What the person calls it. */
  readonly name: string;
  /** As in `https://sluice.example.com`. */
  readonly url: string;
}

/** What drivers are told of it. */
export interface RelayParts {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
}

export function partsOf({ url }: RelayAddress): RelayParts {
  const { hostname, port, protocol } = new URL(url);
  const isPlain = protocol === 'http:';
  return {
    url: url.replace(/\/+$/, ''),
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
    protocol: isPlain ? 'http' : 'https',
  };
}

/** Drivers require an account, and the relay does not mind which. */
export const ACCOUNT = 'sluice';
/** The variable that a program takes the token from: a token is never written into a file. */
export const TOKEN_VARIABLE = 'SLUICE_TOKEN';

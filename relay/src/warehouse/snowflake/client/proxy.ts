import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { AccountConfig } from './config.ts';

/** The proxies on the way to an account and to the storage of its results. */
export interface ProxySettings {
  /** For `http:` and `https:` addresses; null: none. */
  readonly http: string | null;
  readonly https: string | null;
  /** Hosts that are asked without one, as NO_PROXY has them: `internal.example.com, .example.org:443`. */
  readonly except: string;
}

/** What the configuration says; where it says nothing, the environment, in the names that programs agree on. */
export function proxyOf(
  { proxy, noProxy }: Pick<AccountConfig, 'proxy' | 'noProxy'>,
  environment: Readonly<Record<string, string | undefined>>,
): ProxySettings | null {
  if (proxy === false) return null;
  if (proxy !== null) return { http: proxy, https: proxy, except: noProxy.join(',') };
  const named = (name: string) => environment[name.toLowerCase()] || environment[name] || null;
  const [http, https] = [named('HTTP_PROXY'), named('HTTPS_PROXY')];
  if (http === null && https === null) return null;
  return { http, https, except: [...noProxy, named('NO_PROXY') ?? ''].filter((one) => one !== '').join(',') };
}

/** A way through the proxies: what is sent goes through a tunnel that they cannot look into where it is encrypted. */
export function dispatcherThrough(proxy: ProxySettings | null, options: Agent.Options): Dispatcher {
  if (proxy === null) return new Agent(options);
  const { http, https, except } = proxy;
  // An empty text, since what is left out would be looked up in the environment.
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: except,
    proxyTunnel: true,
  });
}

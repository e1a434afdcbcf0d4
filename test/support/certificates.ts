import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Certificates are made by OpenSSL's command, which not every machine has. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface CertificateAuthority {
  /** Its own certificate, PEM: what believes it believes what it issues. */
  readonly cert: string;
  /** For a host by its name, or by its address as `IP:127.0.0.1`. */
  issue(host: string): Certificate;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** An authority that nobody believes who is not told to. @param folder where its files go. */
export function certificateAuthority(folder: string, name: string): CertificateAuthority {
  const at = (file: string) => join(folder, `${name}-${file}`);
  let issued = 0;
  const make = (file: string, of: readonly string[]): Certificate => {
    const [key, cert] = [at(`${file}.key`), at(`${file}.crt`)];
    execFileSync('openssl', ['req', '-x509', ...EC, ...of, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  };
  const { cert } = make('authority', ['-subj', `/CN=${name}`]);
  const by = ['-CA', at('authority.crt'), '-CAkey', at('authority.key')];
  return {
    cert,
    issue(host) {
      issued += 1;
      const names = `subjectAltName=${host.startsWith('IP:') ? host : `DNS:${host}`}`;
      const leaf = ['-addext', names, '-addext', 'basicConstraints=critical,CA:FALSE'];
      return make(`leaf-${issued}`, ['-subj', `/CN=${host.replace('IP:', '')}`, ...leaf, ...by]);
    },
  };
}

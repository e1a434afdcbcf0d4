import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { toEpochSeconds } from '../../../../epoch.ts';
import { SluiceError } from '../../../../errors.ts';
import { readSecret, type SecretSource } from '../../../../secret-source.ts';
import type { Credential } from './credential.ts';

export interface KeyPairOptions {
  readonly account: string;
  readonly user: string;
  readonly key: SecretSource;
  readonly passphrase: SecretSource | null;
  readonly now: () => number;
}

/** Seconds that a token may be used for: one sign-in. */
const LIFETIME_SECONDS = 60;

const LEAST_BITS = 2_048;

/** A token signed with the user's key, anew for each sign-in (driver protocol, section 2.1). */
export function keyPair({ account, user, key, passphrase, now }: KeyPairOptions): Credential {
  const subject = `${accountInToken(account)}.${user.toUpperCase()}`;
  let read: { readonly pem: string; readonly secret: string | null; readonly key: KeyObject } | null = null;

  // Read each time, since keys are rotated; decrypted once, since that is made to be slow.
  const privateKey = () => {
    const pem = readSecret(key, 'the key of the Snowflake user');
    const secret = passphrase && readSecret(passphrase, 'the passphrase of the Snowflake key').trimEnd();
    if (read === null || read.pem !== pem || read.secret !== secret) {
      read = { pem, secret, key: parsed(pem, secret) };
    }
    return read.key;
  };

  return {
    name: 'key pair',
    async present() {
      const signing = privateKey();
      const issuedAt = toEpochSeconds(now());
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
        .setIssuer(`${subject}.${fingerprint(signing)}`)
        .setSubject(subject)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + LIFETIME_SECONDS)
        .sign(signing);
      return { AUTHENTICATOR: 'SNOWFLAKE_JWT', LOGIN_NAME: user, TOKEN: token };
    },
  };
}

/** A locator without its region and cloud, in upper case; of a global account, without what follows the hyphen. */
function accountInToken(account: string): string {
  const end = account.includes('.global') ? '-' : '.';
  return account.split(end, 1)[0]!.toUpperCase();
}

/** As Snowflake shows it in `DESCRIBE USER`. */
function fingerprint(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(spki).digest('base64')}`;
}

function parsed(pem: string, passphrase: string | null): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    // OpenSSL's words are left out: they are no help to a reader, and come from next to the key.
    throw new SluiceError(
      'config_invalid',
      'the key of the Snowflake user is no private key in PEM, or its passphrase is missing or wrong',
    );
  }
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS) {
    throw new SluiceError(
      'config_invalid',
      `the key of the Snowflake user is not RSA of ${LEAST_BITS} bits or more`,
    );
  }
  return key;
}

import type { DetectorName } from '../masking-policy.ts';
import { within, type Detector } from './detector.ts';
import { cardNumber, iban } from './payment.ts';
import { email, nationalId, phone, usSsn } from './people.ts';
import { jwt, secretKey } from './secrets.ts';

export type { Match } from './detector.ts';

/** The available detectors. Policies choose among them; docs/masking.md lists how often each matches a random id. */
export const DETECTORS: Readonly<Record<DetectorName, Detector>> = {
  card_number: within(/\d[ -]?\d[ -]?\d[ -]?\d/, cardNumber),
  us_ssn: within(/\d\d\d/, usSsn),
  iban: within(/[a-z]{2}\d\d/i, iban),
  email: within(/@/, email),
  phone: within(/\d/, phone),
  national_id: within(/\d\d/, nationalId),
  secret_key: secretKey,
  jwt: within(/eyJ/, jwt),
};

import type { DetectorName } from '../masking-policy.ts';
import type { Detector } from './detector.ts';
import { cardNumber, iban } from './payment.ts';
import { email, nationalId, phone, usSsn } from './people.ts';
import { jwt, secretKey } from './secrets.ts';

export type { Match } from './detector.ts';

/** Each is switched on by choice; docs/masking.md says how often each takes a random id for its own. */
export const DETECTORS: Readonly<Record<DetectorName, Detector>> = {
  card_number: cardNumber,
  us_ssn: usSsn,
  iban,
  email,
  phone,
  national_id: nationalId,
  secret_key: secretKey,
  jwt,
};

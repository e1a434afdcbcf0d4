import { SluiceError } from '../../errors.ts';

/** The store does not hold what the relay appended or signed. Nothing is signed, exported or run from then on. */
export function contradiction(why: string): SluiceError {
  return new SluiceError('record_contradicted', `the store does not hold what was recorded: ${why}`, {
    advice:
      'nothing runs until this is settled: keep the store as it is for those who look into it, and restore a copy; see docs/witnesses.md, "When the record is contradicted"',
  });
}

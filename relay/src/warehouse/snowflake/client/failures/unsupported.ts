import { SluiceError } from '../../../../errors.ts';

/** Of an answer that the relay does not pass on, whatever it holds. */
export function unsupportedAnswer(what: string): SluiceError {
  return new SluiceError('unsupported_by_warehouse', `what the warehouse answered ${what}`, {
    advice: '',
    warehouse: { code: '000002', sqlState: '0A000' },
  });
}

import { SluiceError } from '../../../../errors.ts';

/** Of an answer that the relay does not pass on, whatever it holds. */
export function unsupportedAnswer(what: string): SluiceError {
  return new SluiceError('unsupported_by_warehouse', `what the warehouse answered ${what}`, {
    advice: '',
    warehouse: { code: '000002', sqlState: '0A000' },
  });
}

/** A column of the result is of a type that the relay does not know: the statement has run. */
export class UnknownType extends Error {
  override readonly name = 'UnknownType';
}

export function unknownType(): SluiceError {
  return unsupportedAnswer('has a column of a type that the relay does not know');
}

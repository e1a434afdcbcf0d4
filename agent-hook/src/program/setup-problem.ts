/** Why nothing was set up, and what to do. */
export class SetupProblem extends Error {
  override readonly name = 'SetupProblem';
  readonly advice: string;

  constructor(message: string, { advice }: { readonly advice: string }) {
    super(message);
    this.advice = advice;
  }
}

/** Why a template cannot be read or run, and where in its text. Caught at the edge of `runTemplate`. */
export class TemplateFailure extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** The five things that can be wrong with what somebody asks for. Anything else is a bug and answers 500. */
export abstract class Refusal extends Error {
  abstract readonly status: number;
  abstract readonly title: string;
}

/** There is no such thing, or the asker may not know that there is. */
export class NotFound extends Refusal {
  readonly status = 404;
  readonly title = 'Page not found';
}

/** The asker may not do this. The message says why and what to do next. */
export class NotAllowed extends Refusal {
  readonly status = 403;
  readonly title = 'You cannot do this';
}

/** It could have been done, but something has changed in the meantime. */
export class Conflict extends Refusal {
  readonly status = 409;
  readonly title = 'Something has changed';
}

/** The input cannot be used. `fields` maps a field's name to a sentence. */
export class Invalid extends Refusal {
  readonly status = 422;
  readonly title = 'There is a problem';
  constructor(
    message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** It was asked for too often. `seconds` is how long to wait; the message says it in words. */
export class TooMany extends Refusal {
  readonly status = 429;
  readonly title = 'Try again later';
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

/** The client's mistake: answered with the status and the message; nothing of the request is stored. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** Not OTLP, or not as OTLP has it. */
export const malformed = (message: string) => new BadRequest(400, message)

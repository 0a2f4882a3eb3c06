/** The client's mistake: answered with the status and the message; nothing of the request is stored. */
export class BadRequest extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Not OTLP, or not as OTLP has it. */
export const malformed = (message: string) => new BadRequest(400, message)

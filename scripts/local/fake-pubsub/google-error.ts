/** Answers of the fake, and errors in Google's form. */

export interface GoogleError {
  readonly code: number;
  readonly status: string;
  readonly message: string;
}

export function googleError(code: number, status: string, message: string): GoogleError {
  return { code, status, message };
}

export function invalid(message: string): GoogleError {
  return googleError(400, "INVALID_ARGUMENT", message);
}

/** `resource`: the last part of the resource's name. */
export function notFound(resource: string): GoogleError {
  return googleError(404, "NOT_FOUND", `Resource not found (resource=${resource}).`);
}

/** The answer to a request; its body becomes JSON. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

export function done(body: object): Answer {
  return { status: 200, body };
}

export function refused(error: GoogleError): Answer {
  return { status: error.code, body: { error } };
}

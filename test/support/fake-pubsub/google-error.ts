/** Answers, and errors in Google's form. */

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

/** `resource`: the last part of its name. */
export function notFound(resource: string): GoogleError {
  return googleError(404, "NOT_FOUND", `Resource not found (resource=${resource}).`);
}

/** What a request is answered with, as JSON. */
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

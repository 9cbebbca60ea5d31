/** Which field of a form an error is about, and what the field then says. Pure. */
import type { SignalError } from "../../src/client/index.ts";

export interface FieldFault {
  readonly field: "id" | "token";
  readonly text: string;
}

/** Returns null if the error is about neither the client id nor the token. */
export function joinFaultOf({ code, message }: SignalError, clientId: string): FieldFault | null {
  switch (code) {
    case "unauthenticated":
      return {
        field: "token",
        text: `The hub refused this id and token. Is it the token of ${clientId}, and still valid?`,
      };
    case "connect-refused":
      return { field: "id", text: `The hub refused this client: ${message}.` };
    case "bad-option":
      return message.includes("clientId")
        ? { field: "id", text: "A client id has 1-128 characters without control characters." }
        : { field: "token", text: "A token has 1-4096 characters." };
    default:
      return null;
  }
}

/** What is wrong with calling `target`; null if nothing is. */
export function targetFaultOf(target: string, ownId: string): string | null {
  return target === ownId ? "This is your own client id. Call somebody else." : null;
}

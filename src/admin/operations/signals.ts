/** The operation that sends a backend's signal. */
import { faultRow, type ErrorCode, type Fault } from "../../protocol/errors.ts";
import { DeliveredSignal, SendSignalRequest } from "../nouns.ts";
import { operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { NOTHING } from "../schemas.ts";
import { NOT_CONNECTED, RETRY_AFTER } from "./refusals.ts";

export const sendSignal = operation(
  {
    method: "POST",
    path: "/signals",
    summary: "Sends a signal to a client and answers with its outcome",
    parameters: { path: NOTHING, query: NOTHING },
    body: SendSignalRequest,
    answer: {
      schema: DeliveredSignal,
      doc: "The hub has written the signal to the client's connection",
    },
    problems: {
      404: NOT_CONNECTED,
      503: "The client does not read, or its hub cannot be reached, in which case the signal may have arrived: try again after retry-after",
    },
  },
  async ({ body }, service) => {
    const { target_client_id: target } = body;
    const sent = await service.sendSignal(body);
    if (sent.outcome === "refused") return refusal(sent.fault);
    service.observe({ event: "admin.acted", operation: "sendSignal", clientId: target });
    return { status: "delivered" as const, target_client_id: target, uuid: sent.uuid };
  },
);

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([429, 503]);

function refusal(fault: Fault): Response {
  const { code, text } = faultRow(fault);
  return problem(code, text, RETRYABLE.has(code) ? { headers: RETRY_AFTER } : {});
}

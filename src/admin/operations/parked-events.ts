/** The operations on parked events: those that a sink has refused for good. */
import { ParkedEventsPage, ParkedEventsQuery, RetriedEvents, RetryRequest } from "../nouns.ts";
import { operation } from "../operation.ts";
import { UNAVAILABLE } from "../problem.ts";
import { NOTHING } from "../schemas.ts";

export const listParkedEvents = operation(
  {
    method: "GET",
    path: "/events/parked",
    summary: "Lists the events that a sink has refused for good",
    parameters: { path: NOTHING, query: ParkedEventsQuery },
    body: null,
    answer: { schema: ParkedEventsPage, doc: "One page" },
    problems: { 503: UNAVAILABLE },
  },
  ({ query }, { parkedEvents }) => parkedEvents.list(query),
);

export const retryParkedEvents = operation(
  {
    method: "POST",
    path: "/events/retry",
    summary: "Queues parked events to be published again",
    parameters: { path: NOTHING, query: NOTHING },
    body: RetryRequest,
    answer: { schema: RetriedEvents, doc: "The number of events that were queued" },
    problems: { 503: `${UNAVAILABLE}. Some events may be queued already` },
  },
  async ({ body }, { parkedEvents, observe }) => {
    const retried = await parkedEvents.retry(body.ids ?? null);
    observe({ event: "admin.acted", operation: "retryParkedEvents", clientId: null });
    return { retried };
  },
);

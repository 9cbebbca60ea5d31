/**
 * The nouns of the admin API, each as a schema and as the type of what the schema has parsed. Requests are checked by these
 * schemas, and the OpenAPI document is made of them.
 */
import * as z from "zod";
import {
  bodyOf,
  clientId,
  clientIdOf,
  limit,
  listOf,
  prefix,
  time,
  wholeNumber,
} from "./schemas.ts";

/** The path of one session. */
export const ClientPath = z.strictObject({ client_id: clientId });
export type ClientPath = z.infer<typeof ClientPath>;

/** The query of a page of sessions. */
export const SessionsQuery = z.strictObject({
  prefix: prefix.default("").meta({ description: "Lists only client ids that begin with it" }),
  after: clientId.optional().meta({ description: "The `next` of the page before" }),
  limit,
});
export type SessionsQuery = z.infer<typeof SessionsQuery>;

/** A session in a list: what the Ledger knows of it. */
export const SessionSummary = z.object({
  client_id: z.string(),
  session_id: z.string(),
  hub: z.string().meta({ description: "The hub that holds the session" }),
  connected_at: time,
});
export type SessionSummary = z.infer<typeof SessionSummary>;

/** A session by itself, as its hub knows it: `hub/contract.ts`'s `SessionInformation` in the API's form. */
export const SessionInformationJson = z.object({
  ...SessionSummary.shape,
  last_activity: time,
  message_count: z.int().min(0).meta({ description: "Frames received in this session" }),
});
export type SessionInformationJson = z.infer<typeof SessionInformationJson>;

/** One page of sessions. */
export const SessionsPage = z.object({
  sessions: z.array(SessionSummary),
  next: z
    .string()
    .nullable()
    .meta({ description: "The `after` of the next page; null: this is the last page" }),
});
export type SessionsPage = z.infer<typeof SessionsPage>;

/** A token with more targets exceeds MAX_TOKEN_CHARS, however short their ids are. */
const MAX_TARGETS = 1000;

/** As auth.token_expiry. */
const MAX_EXPIRY_SECONDS = 365 * 86_400;

/** What a token is to allow. */
export const IssueTokenRequest = bodyOf({
  client_id: clientId,
  expires_in: wholeNumber(1, MAX_EXPIRY_SECONDS)
    .optional()
    .meta({ description: "Seconds until the token expires; if absent, auth.token_expiry" }),
  targets: listOf(clientIdOf("A client id, or a prefix as `prefix*`"), MAX_TARGETS)
    .optional()
    .meta({ description: "The clients that the client may signal; if absent, all" }),
});
export type IssueTokenRequest = z.infer<typeof IssueTokenRequest>;

/** A token that was just signed. It is stored nowhere. */
export const IssuedToken = z.object({ token: z.string(), client_id: z.string(), expires_at: time });
export type IssuedToken = z.infer<typeof IssuedToken>;

/** Signal data is shallow, and V8 cannot write JSON that is nested some thousand levels deep. */
const MAX_SIGNAL_DEPTH = 64;

const signalData = z
  .unknown()
  .refine((value) => value !== undefined, "is missing")
  .refine((value) => isShallow(value, MAX_SIGNAL_DEPTH), {
    error: "is nested too deeply",
    abort: true,
  })
  .refine(holdsFiniteNumbers, "holds a number that is too large: send it as text")
  .meta({
    description:
      "Any JSON value. The target receives it as signal_data, with numbers as JavaScript reads them",
  });

/** A signal that a backend sends. */
export const SendSignalRequest = bodyOf({
  source_client_id: clientId
    .optional()
    .meta({ description: "The client that the signal comes from; if absent, the backend itself" }),
  target_client_id: clientId,
  // The last is spelled as in the client SDK, and documented; the one before it is the first spelling (decision 0057).
  type: z.enum(["offer", "answer", "ice_candidate", "ice-candidate"], {
    error: "must be one of offer, answer, ice-candidate",
  }),
  signal_data: signalData,
});
export type SendSignalRequest = z.infer<typeof SendSignalRequest>;

/** The outcome of a signal that was delivered. */
export const DeliveredSignal = z.object({
  status: z.literal("delivered"),
  target_client_id: z.string(),
  uuid: z.string().meta({ format: "uuid", description: "The frame's message identifier" }),
});
export type DeliveredSignal = z.infer<typeof DeliveredSignal>;

const MAX_RETRIED_IDS = 1000;

/** The query of a page of parked events. */
export const ParkedEventsQuery = z.strictObject({
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: "The `next` of the page before" }),
  limit,
});
export type ParkedEventsQuery = z.infer<typeof ParkedEventsQuery>;

/** Which parked events to queue again. */
export const RetryRequest = bodyOf({
  ids: listOf(wholeNumber(1, Number.MAX_SAFE_INTEGER), MAX_RETRIED_IDS)
    .optional()
    .meta({ description: "The `id`s of parked events; if absent, all of them" }),
});
export type RetryRequest = z.infer<typeof RetryRequest>;

/** A parked event: `ledger/ports.ts`'s `ParkedEvent` in the API's form. */
export const ParkedEventJson = z.object({
  id: z.int().min(1).meta({ description: "The id by which a retry names the event" }),
  event_id: z
    .string()
    .meta({ description: "The event's `ce-id`, which is the same in every sink" }),
  event_type: z.string(),
  hub: z.string(),
  time,
  parked_at: time,
  reason: z.string().meta({ description: "Why each sink refused it" }),
  data: z.record(z.string(), z.unknown()),
});
export type ParkedEventJson = z.infer<typeof ParkedEventJson>;

/** One page of parked events. */
export const ParkedEventsPage = z.object({
  events: z.array(ParkedEventJson),
  next: z
    .int()
    .nullable()
    .meta({ description: "The `after` of the next page; null: this is the last page" }),
});
export type ParkedEventsPage = z.infer<typeof ParkedEventsPage>;

/** How many parked events were queued again. */
export const RetriedEvents = z.object({ retried: z.int().min(0) });
export type RetriedEvents = z.infer<typeof RetriedEvents>;

/** Of a value that `isShallow` accepts. 1e999 is JSON, JavaScript reads Infinity, and the target would receive null. */
function holdsFiniteNumbers(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(holdsFiniteNumbers);
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1));
}

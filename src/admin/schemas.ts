/** What the admin API takes and gives, as schemas: requests are checked by them, and the OpenAPI document is made of them. */
import * as z from "zod";
import { parseClientId } from "../protocol/client-id.ts";
import { MAX_CLIENT_ID_CHARS } from "../protocol/limits.ts";

/** A page of 1000 sessions is some 200 KB. */
const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;
const MAX_RETRIED_IDS = 1000;
/** More targets do not fit a token (MAX_TOKEN_CHARS). */
const MAX_TARGETS = 1000;
/** As auth.token_expiry. */
const MAX_EXPIRY_SECONDS = 365 * 86_400;
/** A description is flat; beyond some thousands V8 could not write it as JSON again. */
const MAX_SIGNAL_DEPTH = 64;

const CLIENT_ID_RULE = `must be a string of 1-${MAX_CLIENT_ID_CHARS} characters without control characters`;

const clientId = checked(parseClientId, CLIENT_ID_RULE).meta({
  minLength: 1,
  maxLength: MAX_CLIENT_ID_CHARS,
  description: "Who a client is on the wire",
});

const prefix = checked((text) => (text === "" ? "" : parseClientId(text)), CLIENT_ID_RULE);

const target = checked(parseClientId, CLIENT_ID_RULE).meta({
  minLength: 1,
  maxLength: MAX_CLIENT_ID_CHARS,
  description: "A client id, or `prefix*`",
});

const limit = wholeNumber(1, MAX_PAGE).default(DEFAULT_PAGE).meta({ description: "Page size" });

const signalData = z
  .unknown()
  .refine((value) => value !== undefined, "is missing")
  .refine((value) => isShallow(value, MAX_SIGNAL_DEPTH), {
    error: "is nested too deeply",
    abort: true,
  })
  .refine(holdsFiniteNumbers, "holds a number that is too large: say it as text")
  .meta({
    description:
      "Any JSON: what the target gets as signal_data, its numbers as JavaScript holds them",
  });

/** What may be asked for. */
export const NOTHING = z.strictObject({});

export const ClientPath = z.strictObject({ client_id: clientId });

export const SessionsQuery = z.strictObject({
  prefix: prefix.default("").meta({ description: "Only client ids that begin with it" }),
  after: clientId.optional().meta({ description: "The `next` of the page before" }),
  limit,
});

export const ParkedEventsQuery = z.strictObject({
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: "The `next` of the page before" }),
  limit,
});

export const IssueTokenRequest = bodyOf({
  client_id: clientId,
  expires_in: wholeNumber(1, MAX_EXPIRY_SECONDS)
    .optional()
    .meta({ description: "Seconds that the token lives; absent: auth.token_expiry" }),
  targets: listOf(target, MAX_TARGETS)
    .optional()
    .meta({ description: "Whom the client may signal; absent: everybody" }),
});

export const BackendSignal = bodyOf({
  source_client_id: clientId
    .optional()
    .meta({ description: "Whom the signal is from; absent: the backend itself" }),
  target_client_id: clientId,
  type: z.enum(["offer", "answer", "ice_candidate"], {
    error: "must be one of offer, answer, ice_candidate",
  }),
  signal_data: signalData,
});

export const RetryRequest = bodyOf({
  ids: listOf(wholeNumber(1, Number.MAX_SAFE_INTEGER), MAX_RETRIED_IDS)
    .optional()
    .meta({ description: "The `id`s of parked events; absent: all of them" }),
});

/** What is answered. */
const time = z.string().meta({ format: "date-time", description: "In UTC, with milliseconds" });

export const SessionSummary = z.object({
  client_id: z.string(),
  session_id: z.string(),
  hub: z.string().meta({ description: "The hub that holds the session" }),
  connected_at: time,
});

export const SessionInformation = z.object({
  ...SessionSummary.shape,
  last_activity: time,
  message_count: z.int().min(0).meta({ description: "Frames received in this session" }),
});

export const SessionsPage = z.object({
  sessions: z.array(SessionSummary),
  next: z.string().nullable().meta({ description: "`after` of the next page; null: no more" }),
});

export const IssuedToken = z.object({ token: z.string(), client_id: z.string(), expires_at: time });

export const DeliveredSignal = z.object({
  status: z.literal("delivered"),
  target_client_id: z.string(),
  uuid: z.string().meta({ format: "uuid", description: "The frame's message identifier" }),
});

export const ParkedEvent = z.object({
  id: z.int().min(1).meta({ description: "What a retry names it by" }),
  event_id: z.string().meta({ description: "The event's `ce-id`" }),
  event_type: z.string(),
  hub: z.string(),
  time,
  parked_at: time,
  reason: z.string().meta({ description: "Why it was refused" }),
  data: z.record(z.string(), z.unknown()),
});

export const ParkedEventsPage = z.object({
  events: z.array(ParkedEvent),
  next: z.int().nullable().meta({ description: "`after` of the next page; null: no more" }),
});

export const RetriedEvents = z.object({ retried: z.int().min(0) });

export const Problem = z
  .object({
    status: z.int().min(400).max(599),
    title: z.string(),
    detail: z.string().meta({ description: "A sentence that a person can act on" }),
    errors: z
      .array(
        z.union([
          z.object({ pointer: z.string(), detail: z.string() }),
          z.object({ parameter: z.string(), detail: z.string() }),
        ]),
      )
      .optional()
      .meta({ description: "Every fault of the request, each with its place in body or URL" }),
  })
  .meta({ description: "Problem details (RFC 9457)" });

/** A member that is not of the shape is a fault. */
function bodyOf<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: "must be an object" });
}

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error, abort: true }).min(min, error).max(max, error);
}

function listOf<Item extends z.ZodType>(item: Item, max: number) {
  const error = `must be a list of 1-${max}`;
  return z.array(item, { error }).min(1, error).max(max, error);
}

/** A string as the protocol's own function parses it: there is one rule, and it is not written down twice. */
function checked<Value extends string>(parse: (text: string) => Value | null, error: string) {
  return z.string({ error }).transform((text, context): Value => {
    const value = parse(text);
    if (value !== null) return value;
    context.issues.push({ code: "custom", message: error, input: text });
    return z.NEVER;
  });
}

/** Of what `isShallow` has passed. 1e999 is JSON, and would arrive as null. */
function holdsFiniteNumbers(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(holdsFiniteNumbers);
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1));
}

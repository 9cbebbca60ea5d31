/** What must hold between the keys of `events`: a deployment that could publish nothing says so before it begins. */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/parse-config.ts";
import { makeServiceAccount } from "../support/service-account.ts";

const { json: ACCOUNT } = makeServiceAccount();

const IDS = { sinks: ["pubsub"], pubsub_project: "demo", pubsub_topic: "signal-events" };
const EMULATOR = { ...IDS, pubsub_endpoint: "http://127.0.0.1:8085" };
const GOOGLE = { ...IDS, pubsub_service_account: ACCOUNT };

function faultsOf(events: Readonly<Record<string, unknown>>): readonly string[] {
  const config = parseConfig({ events });
  return config.ok ? [] : config.failure;
}

describe("sinks", () => {
  const unknown = "events.sinks must be a list of log, pubsub, none";
  const alone = 'events.sinks must hold "none" alone, or other sinks';

  it.each([
    [["log"], []],
    [["none"], []],
    ["none", []],
    ["log, log", []],
    [[], ['events.sinks must name a sink: "log", "pubsub" or "none"']],
    ["", ['events.sinks must name a sink: "log", "pubsub" or "none"']],
    [["none", "log"], [alone]],
    ["none,log", [alone]],
    [["kafka"], [unknown]],
    [["log", "Log"], [unknown]],
    [["log", 7], [unknown]],
    [7, ["events.sinks must be a list of strings"]],
  ])("%j", (sinks, faults) => {
    expect(faultsOf({ sinks }).map((fault) => fault.split(", got ")[0])).toEqual(faults);
  });
});

describe("Pub/Sub", () => {
  it.each([
    ["at Google, with an account", GOOGLE],
    ["in a region", { ...GOOGLE, pubsub_endpoint: "https://europe-west1-pubsub.googleapis.com" }],
    ["at the emulator, without one", EMULATOR],
    ["behind a path of a proxy", { ...EMULATOR, pubsub_endpoint: "https://proxy.example/pubsub/" }],
    ["of a domain's project", { ...GOOGLE, pubsub_project: "example.com:demo" }],
    ["with the log beside it", { ...GOOGLE, sinks: ["log", "pubsub"] }],
  ])("is in order %s", (_, events) => {
    expect(faultsOf(events)).toEqual([]);
  });

  it("is not looked at where no sink names it", () => {
    const events = {
      sinks: ["log"],
      pubsub_topic: "projects/a/topics/b",
      pubsub_service_account: "x",
    };
    expect(faultsOf(events)).toEqual([]);
  });

  it("wants a project, a topic and an account, and says all of it at once", () => {
    expect(faultsOf({ sinks: ["pubsub"] })).toEqual([
      "events.pubsub_project must be set: events.sinks names pubsub",
      "events.pubsub_topic must be set: events.sinks names pubsub",
      expect.stringContaining("events.pubsub_service_account must be set: Google's endpoints want"),
    ]);
  });

  it.each([
    "projects/demo/topics/a",
    "ab",
    "1abc",
    "a b c",
    `a${"b".repeat(255)}`,
    "abc\n",
    "tüpic",
  ])("wants the id of a topic alone, not %j", (topic) => {
    expect(faultsOf({ ...EMULATOR, pubsub_topic: topic })).toEqual([
      `events.pubsub_topic must be the id alone (as "signal-events"), got ${JSON.stringify(topic)}`,
    ]);
  });
});

describe("an endpoint", () => {
  const fault =
    "events.pubsub_endpoint must be an http:// or https:// URL without credentials, query and fragment";

  it.each(["", "pubsub.googleapis.com", "ftp://example.com", "https://", "http://a/#b"])(
    "is an URL, not %j, whichever sinks there are",
    (pubsub_endpoint) => {
      expect(faultsOf({ pubsub_endpoint })).toEqual([
        `${fault}, got ${JSON.stringify(pubsub_endpoint)}`,
      ]);
    },
  );

  it.each([
    "https://user:hunter2@pubsub.example",
    "ftp://user:hunter2@pubsub.example",
    "https://pubsub.example/?key=hunter2",
  ])("with what may be a secret is refused, and not shown: %s", (pubsub_endpoint) => {
    expect(faultsOf({ ...EMULATOR, pubsub_endpoint })).toEqual([fault]);
  });

  it("of Google's is not asked in the clear", () => {
    const pubsub_endpoint = "http://pubsub.googleapis.com";
    expect(faultsOf({ ...GOOGLE, pubsub_endpoint })).toEqual([
      "events.pubsub_endpoint must be https://, since requests to Google carry credentials",
    ]);
  });

  it("of tokens is an URL, too", () => {
    expect(faultsOf({ pubsub_token_url: "oauth2.googleapis.com/token" })).toEqual([
      expect.stringMatching(/^events\.pubsub_token_url must be an http:\/\/ or https:\/\/ URL/),
    ]);
  });
});

describe("a service account", () => {
  const { private_key: key, ...rest } = JSON.parse(ACCOUNT);

  it.each([
    ["no JSON", `${ACCOUNT}}`],
    ["a list", `[${ACCOUNT}]`],
    ["without its key", JSON.stringify(rest)],
    ["with half a key", JSON.stringify({ ...rest, private_key: key.slice(0, 300) })],
    [
      "with a key of another kind",
      JSON.stringify({ ...rest, private_key: key.replaceAll("PRIVATE", "RSA PRIVATE") }),
    ],
    ["of another type", ACCOUNT.replace("service_account", "authorized_user")],
    ["without an address", JSON.stringify({ ...rest, private_key: key, client_email: "hunter2" })],
    ["a path", "/etc/hunter2.json"],
  ])("that cannot be read is a fault, which quotes nothing of it: %s", (_, account) => {
    const faults = faultsOf({ ...GOOGLE, pubsub_service_account: account });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^events\.pubsub_service_account: the service account/);
    expect(faults[0]).not.toMatch(/hunter2|demo|[A-Za-z0-9+/]{30}/);
  });

  it("is read as the shells leave it, with real line ends in the key", () => {
    const events = { ...GOOGLE, pubsub_service_account: ACCOUNT.replaceAll("\\n", "\n") };
    expect(faultsOf(events)).toEqual([]);
  });
});

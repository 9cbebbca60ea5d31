/** The conditions between the keys of `events`: a deployment that could publish nothing is refused at its start. */
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

describe("events.sinks", () => {
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
  ])("of %j has the faults %j", (sinks, faults) => {
    expect(faultsOf({ sinks }).map((fault) => fault.split(", got ")[0])).toEqual(faults);
  });
});

describe("the sink pubsub", () => {
  it.each([
    ["Google, with a service account", GOOGLE],
    ["a region", { ...GOOGLE, pubsub_endpoint: "https://europe-west1-pubsub.googleapis.com" }],
    ["the emulator, without a service account", EMULATOR],
    ["a path of a proxy", { ...EMULATOR, pubsub_endpoint: "https://proxy.example/pubsub/" }],
    ["a project of a domain", { ...GOOGLE, pubsub_project: "example.com:demo" }],
    ["Google, while the sink log is configured, too", { ...GOOGLE, sinks: ["log", "pubsub"] }],
  ])("can publish to %s", (_, events) => {
    expect(faultsOf(events)).toEqual([]);
  });

  it("needs no project and no topic, not even valid ones, where events.sinks does not name it", () => {
    const events = { sinks: ["log"], pubsub_topic: "projects/a/topics/b" };
    expect(faultsOf(events)).toEqual([]);
  });

  it("needs a project, a topic and a service account, whose faults are reported together", () => {
    expect(faultsOf({ sinks: ["pubsub"] })).toEqual([
      "events.pubsub_project must be set, since events.sinks names pubsub",
      "events.pubsub_topic must be set, since events.sinks names pubsub",
      expect.stringMatching(
        /^events\.pubsub_service_account must be set, since Google's endpoints/,
      ),
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
  ])("needs the id of the topic alone, which %j is not", (topic) => {
    expect(faultsOf({ ...EMULATOR, pubsub_topic: topic })).toEqual([
      `events.pubsub_topic must be the id alone (as "signal-events"), got ${JSON.stringify(topic)}`,
    ]);
  });
});

describe("events.pubsub_endpoint", () => {
  const fault =
    "events.pubsub_endpoint must be an http:// or https:// URL without credentials, query and fragment";

  it.each(["", "pubsub.googleapis.com", "ftp://example.com", "https://", "http://a/#b"])(
    "must be a URL, which %j is not, whichever sinks are configured",
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
  ])("is not repeated in the fault where it may hold a secret: %s", (pubsub_endpoint) => {
    expect(faultsOf({ ...EMULATOR, pubsub_endpoint })).toEqual([fault]);
  });

  it("must be https:// where it is Google's", () => {
    const pubsub_endpoint = "http://pubsub.googleapis.com";
    expect(faultsOf({ ...GOOGLE, pubsub_endpoint })).toEqual([
      "events.pubsub_endpoint must be https://, since requests to Google carry credentials",
    ]);
  });

  it("is not the only URL that is checked: events.pubsub_token_url is, too", () => {
    expect(faultsOf({ pubsub_token_url: "oauth2.googleapis.com/token" })).toEqual([
      expect.stringMatching(/^events\.pubsub_token_url must be an http:\/\/ or https:\/\/ URL/),
    ]);
  });
});

describe("events.pubsub_service_account", () => {
  const { private_key: key, ...rest } = JSON.parse(ACCOUNT);

  it.each([
    ["text that is not JSON", `${ACCOUNT}}`],
    ["a list", `[${ACCOUNT}]`],
    ["an account without its key", JSON.stringify(rest)],
    ["an account with half a key", JSON.stringify({ ...rest, private_key: key.slice(0, 300) })],
    [
      "an account with a key of another kind",
      JSON.stringify({ ...rest, private_key: key.replaceAll("PRIVATE", "RSA PRIVATE") }),
    ],
    ["an account of another type", ACCOUNT.replace("service_account", "authorized_user")],
    [
      "an account without an e-mail address",
      JSON.stringify({ ...rest, private_key: key, client_email: "hunter2" }),
    ],
    ["a path", "/etc/hunter2.json"],
  ])("must be a whole key file, and a fault quotes nothing of it: %s", (_, account) => {
    for (const sinks of [["pubsub"], ["log"]]) {
      const faults = faultsOf({ ...GOOGLE, sinks, pubsub_service_account: account });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(
        /^events\.pubsub_service_account is not a key file that can be used/,
      );
      expect(faults[0]).not.toMatch(/hunter2|demo|[A-Za-z0-9+/]{30}/);
    }
  });

  it("may have real line ends in the key, as a shell leaves them", () => {
    const events = { ...GOOGLE, pubsub_service_account: ACCOUNT.replaceAll("\\n", "\n") };
    expect(faultsOf(events)).toEqual([]);
  });
});

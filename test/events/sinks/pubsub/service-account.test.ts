/** Key files of service accounts, as they come and as people mangle them. */
import { describe, expect, it } from "vitest";
import { parseServiceAccount } from "../../../../src/events/sinks/pubsub/service-account.ts";
import { success } from "../../../../src/protocol/result.ts";
import { readOwn } from "../../../support/own-settings.ts";
import { makeServiceAccount } from "../../../support/service-account.ts";

const { account, json } = makeServiceAccount();
const file = JSON.parse(json) as Readonly<Record<string, unknown>>;

function withMembers(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...file, ...members });
}

describe("parseServiceAccount", () => {
  it("reads a key file as Google Cloud gives it out", () => {
    expect(parseServiceAccount(json)).toEqual(success(account));
  });

  it.each([
    ["on one line", JSON.stringify(file)],
    [
      "with its line ends escaped twice",
      withMembers({ private_key: account.privateKey.replaceAll("\n", "\\n") }),
    ],
    [
      "with line ends of Windows",
      withMembers({ private_key: account.privateKey.replaceAll("\n", "\r\n") }),
    ],
    ["with real line ends inside the string", json.replaceAll("\\n", "\n")],
    ["without the last line end", withMembers({ private_key: account.privateKey.trim() })],
    ["without a type", withMembers({ type: undefined })],
  ])("reads a key file %s", (_, text) => {
    expect(parseServiceAccount(text)).toEqual(success(account));
  });

  it("says what works instead for a credential of workload identity federation, which needs a token that a Worker does not have", () => {
    const federated = {
      type: "external_account",
      audience:
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: "https://sts.googleapis.com/v1/token",
      credential_source: { file: "/var/run/token" },
    };
    const fault = parseServiceAccount(JSON.stringify(federated));
    expect(fault).toMatchObject({ ok: false });
    const { failure: sentence } = fault as { failure: string };
    expect(sentence).toContain('"external_account"');
    expect(sentence).toContain("a Worker has no token");
    const [, heading = "missing"] = /docs\/events\.md, "([^"]+)"/.exec(sentence) ?? [];
    expect(readOwn("docs/events.md")).toContain(`\n## ${heading}\n`);
  });

  it.each([
    ["", "JSON object"],
    ["{", "JSON object"],
    ["[]", "JSON object"],
    ["null", "JSON object"],
    ['"key.json"', "JSON object"],
    [withMembers({ type: "authorized_user" }), '"type"'],
    [withMembers({ client_email: undefined }), '"client_email"'],
    [withMembers({ client_email: "nobody" }), '"client_email"'],
    [withMembers({ private_key_id: undefined }), '"private_key_id"'],
    [withMembers({ private_key_id: "" }), '"private_key_id"'],
    [withMembers({ private_key: undefined }), '"private_key" must be a string'],
    [withMembers({ private_key: "" }), "PKCS#8"],
    [
      withMembers({ private_key: account.privateKey.replaceAll("PRIVATE", "RSA PRIVATE") }),
      "PKCS#8",
    ],
    [withMembers({ private_key: account.privateKey.slice(0, 800) }), "PKCS#8"],
    [withMembers({ private_key: account.privateKey.replace(/\n.{64}\n/, "\n") }), "PKCS#8"],
    [withMembers({ private_key: account.privateKey.replace(/\n.{4}/, "\n") }), "PKCS#8"],
  ])("refuses what is no key file with a sentence that does not quote it (%#)", (text, words) => {
    const parsed = parseServiceAccount(text);
    expect(parsed).toEqual({ ok: false, failure: expect.stringContaining(words) });
    expect(JSON.stringify(parsed)).not.toContain(account.privateKey.slice(60, 90));
  });
});

/** How the credentials of an upgrade are read: the header, the subprotocols, the query, and several of them at once. */
import { describe, expect, it } from "vitest";
import { readCredentials } from "../../src/worker/credentials.ts";
import { failed, success } from "../../src/protocol/result.ts";

function read(headers: Record<string, string>, query = "") {
  return readCredentials(new Request(`http://localhost/${query}`, { headers }));
}

const NOT_ONE =
  'The header must be "Authorization: Bearer TOKEN": one token behind a space, nothing else';
const DIFFERENT = "The request presents different tokens: send one";
const REPEATED = "The query has access_token more than once: send one";
const NOT_ENCODED =
  'The subprotocol "bearer64.…" must hold the token\'s UTF-8 in base64url without padding';
const EMPTY = "The request presents an empty token";

describe("the Authorization header", () => {
  it.each([
    ["Bearer a", "a"],
    ["bearer a", "a"],
    ["BEARER   a", "a"],
    ["Bearer a.b-c_d~e+f/g==", "a.b-c_d~e+f/g=="],
    ["Bearer a,b", "a,b"],
    ["Bearer bearer", "bearer"],
  ])("[UP2] with %j presents the token %j", (authorization, token) => {
    expect(read({ authorization })).toEqual(success({ token, offersSubprotocol: false }));
  });

  it.each(["Basic YTpi", "Bearerx a", "BearerToken", "Digest username=bearer", "bear a", ""])(
    "[UP2] with %j has another scheme and is ignored",
    (authorization) => {
      expect(read({ authorization })).toEqual(success({ token: null, offersSubprotocol: false }));
    },
  );

  it.each([
    "Bearer",
    "bearer ",
    "Bearer a b",
    "Bearer  a  b",
    "bearer\ta",
    "Bearer \ta",
    "Bearer a\tb",
    "Bearer, a",
    // Two headers that `get` has joined.
    "Bearer a, Bearer b",
    "Bearer a, Bearer a",
    "Basic YTpi, Bearer a",
    "Bearer a, Basic YTpi",
  ])("[UP2] with %j is refused", (authorization) => {
    expect(read({ authorization })).toEqual(failed(NOT_ONE));
  });

  it("[UP2] is refused if the request has it twice", () => {
    const headers = new Headers({ authorization: "Bearer a" });
    headers.append("authorization", "Bearer a");
    expect(readCredentials(new Request("http://localhost/", { headers }))).toEqual(failed(NOT_ONE));
  });
});

describe("the list of subprotocols", () => {
  it.each([
    ["signal-manager, bearer.a", "a"],
    ["bearer.a,signal-manager", "a"],
    ["signal-manager, bearer.a, bearer.a", "a"],
    ["signal-manager, bearer.bearer.a", "bearer.a"],
    ["signal-manager, bearer64.YS9iPT0", "a/b=="],
    ["signal-manager, bearer64.w7w_Pg", "ü?>"],
    ["signal-manager, bearer64.YQ, bearer.a", "a"],
    ["signal-manager, bearer64", null],
    ["signal-manager, bearer", null],
    ["signal-manager, Bearer.a", null],
  ])("[UP2] with %j presents the token %j", (list, token) => {
    expect(read({ "sec-websocket-protocol": list })).toEqual(
      success({ token, offersSubprotocol: true }),
    );
  });

  it.each([
    ["signal-manager, bearer.a, bearer.b", DIFFERENT],
    ["bearer.a, signal-manager, bearer.", DIFFERENT],
    ["signal-manager, bearer.", EMPTY],
    ["signal-manager, bearer64.", EMPTY],
    ["signal-manager, bearer64.YQ, bearer.b", DIFFERENT],
    ["signal-manager, bearer64.YQ==", NOT_ENCODED],
    ["signal-manager, bearer64.Y", NOT_ENCODED],
    ["signal-manager, bearer64.a+b/", NOT_ENCODED],
    ["signal-manager, bearer64.a.b", NOT_ENCODED],
    // The byte 0xff, which is no UTF-8.
    ["signal-manager, bearer64._w", NOT_ENCODED],
    ["bearer.a", 'Offer the subprotocol "signal-manager", or none'],
  ])("[UP2] [UP3] with %j is refused", (list, sentence) => {
    expect(read({ "sec-websocket-protocol": list })).toEqual(failed(sentence));
  });
});

describe("the query", () => {
  it.each([
    ["?access_token=a", success({ token: "a", offersSubprotocol: false })],
    ["?access_token=a%20b", success({ token: "a b", offersSubprotocol: false })],
    ["?Access_Token=a", success({ token: null, offersSubprotocol: false })],
    ["?access_token", failed(EMPTY)],
    ["?access_token=a&access_token=b", failed(REPEATED)],
    ["?access_token=a&x=1&access_token=a", failed(REPEATED)],
    ["?access_token=&access%5Ftoken=a", failed(REPEATED)],
  ])("[UP2] with %j is read as %j", (query, outcome) => {
    expect(read({}, query)).toEqual(outcome);
  });
});

describe("several ways at once", () => {
  it("[UP2] may present the same token, but not two different ones", () => {
    const headers = {
      authorization: "Bearer a",
      "sec-websocket-protocol": "signal-manager, bearer.a",
    };
    expect(read(headers, "?access_token=a")).toEqual(
      success({ token: "a", offersSubprotocol: true }),
    );
    expect(read(headers, "?access_token=b")).toEqual(failed(DIFFERENT));
    expect(read({ authorization: "Bearer a" }, "?access_token=")).toEqual(failed(DIFFERENT));
  });
});

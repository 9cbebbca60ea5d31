/** The operation that issues a token. */
import { MAX_TOKEN_CHARS } from "../../protocol/limits.ts";
import { IssuedToken, IssueTokenRequest } from "../nouns.ts";
import { operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { NOTHING } from "../schemas.ts";

export const issueToken = operation(
  {
    method: "POST",
    path: "/tokens",
    summary: "Issues a signed token with which a client can connect",
    parameters: { path: NOTHING, query: NOTHING },
    body: IssueTokenRequest,
    answer: { schema: IssuedToken, doc: "The token" },
    problems: { 409: "auth.token_secret is not set, so there is no secret to sign with" },
  },
  async ({ body }, service) => {
    const issued = await service.issueToken(body);
    if (issued === null) {
      return problem(409, "There is no secret to sign with: set SIGNAL_MANAGER_AUTH_TOKEN_SECRET");
    }
    const { length } = issued.token;
    if (length > MAX_TOKEN_CHARS) {
      const detail = `make a token of ${length} characters, but a hub accepts ${MAX_TOKEN_CHARS}`;
      const errors = [{ pointer: "#/targets", detail }];
      return problem(400, "The token is too long: name fewer targets, or a prefix*", { errors });
    }
    service.observe({ event: "admin.acted", operation: "issueToken", clientId: body.client_id });
    return issued;
  },
);

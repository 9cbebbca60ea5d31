/** A service account that exists nowhere: its key is made for this run. */
import { generateKeyPairSync } from "node:crypto";
import type { ServiceAccount } from "../../src/events/sinks/pubsub/service-account.ts";

export interface TestAccount {
  readonly account: ServiceAccount;
  /** SPKI in PEM. */
  readonly publicKey: string;
  /** The key file, as Google Cloud gives it out. */
  readonly json: string;
}

export function makeServiceAccount(modulusLength = 2048): TestAccount {
  const pair = generateKeyPairSync("rsa", {
    modulusLength,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const account = {
    clientEmail: "signals@demo.iam.gserviceaccount.com",
    privateKey: pair.privateKey,
    privateKeyId: "0123456789abcdef0123456789abcdef01234567",
  };
  const file = {
    type: "service_account",
    project_id: "demo",
    private_key_id: account.privateKeyId,
    private_key: account.privateKey,
    client_email: account.clientEmail,
    client_id: "100000000000000000001",
    token_uri: "https://oauth2.googleapis.com/token",
  };
  return { account, publicKey: pair.publicKey, json: JSON.stringify(file, null, 2) };
}

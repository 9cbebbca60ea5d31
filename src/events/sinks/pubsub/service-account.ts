/** A Google service account, read from the JSON that Google Cloud gives out for one of its keys. */
import { failed, success, type Result } from "../../../protocol/result.ts";
import { isObject, parseJson } from "../../../protocol/json.ts";

export interface ServiceAccount {
  readonly clientEmail: string;
  /** PKCS#8 in PEM, with real line ends. */
  readonly privateKey: string;
  readonly privateKeyId: string;
}

const PEM =
  /^-----BEGIN PRIVATE KEY-----\s+(?<base64>[A-Za-z0-9+/=\s]+?)\s+-----END PRIVATE KEY-----\s*$/;

/** The failure is a sentence that never quotes the text. */
export function parseServiceAccount(text: string): Result<ServiceAccount, string> {
  const json = parseJson(text) ?? parseJson(withEscapedKey(text));
  if (!isObject(json)) {
    return failed("the service account must be the JSON object of a key file of Google Cloud");
  }
  const { type, client_email: clientEmail, private_key_id: privateKeyId } = json;
  if (type === "external_account") {
    return failed(
      'the service account has the type "external_account" (workload identity federation), for which a Worker has no token of its own: docs/events.md, "Where JSON keys are forbidden", says what works',
    );
  }
  if (type !== undefined && type !== "service_account") {
    return failed('the service account\'s "type" must be "service_account"');
  }
  if (typeof clientEmail !== "string" || !/^[^\s@]+@[^\s@]+$/.test(clientEmail)) {
    return failed('the service account\'s "client_email" must be an e-mail address');
  }
  if (typeof privateKeyId !== "string" || privateKeyId === "") {
    return failed('the service account\'s "private_key_id" must be a string');
  }
  const privateKey = json["private_key"];
  if (typeof privateKey !== "string") {
    return failed('the service account\'s "private_key" must be a string');
  }
  // A secret that went through a shell or an .env file holds `\n` as two characters.
  const pem = `${privateKey
    .replaceAll(/\\r|\r/g, "")
    .replaceAll("\\n", "\n")
    .trim()}\n`;
  return isPkcs8(pem)
    ? success({ clientEmail, privateKey: pem, privateKeyId })
    : failed(
        'the service account\'s "private_key" must be a whole PKCS#8 key in PEM: "-----BEGIN PRIVATE KEY-----" …',
      );
}

/** A shell or an .env file may also leave real line ends inside the key's string, which JSON forbids. */
function withEscapedKey(text: string): string {
  return text.replace(/"private_key"\s*:\s*"[^"]*"/, (member) =>
    member.replaceAll("\r", "").replaceAll("\n", "\\n"),
  );
}

/** Checks the envelope: base64 of one DER sequence of the length it claims. Only signing shows whether the RSA key is good. */
function isPkcs8(pem: string): boolean {
  const base64 = PEM.exec(pem)?.groups?.["base64"]?.replaceAll(/\s/g, "");
  if (base64 === undefined) return false;
  try {
    const der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    // 0x30: a sequence; 0x82: its length follows in two bytes, as for every RSA key of at least 1024 bits.
    const [tag, form, high = 0, low = 0] = der;
    return tag === 0x30 && form === 0x82 && der.length === 4 + high * 256 + low;
  } catch {
    // Not base64.
    return false;
  }
}

/**
 * The entries of `server.allowed_origins`, and whether a page of some origin may use the service (UP5). An entry is an origin as a
 * browser sends it, `*`, or a mask for the subdomains of a name. Knows no request and no configuration.
 */

/** `https://*.` and the name whose subdomains it stands for, with a port where it is not the scheme's own. */
const MASK = /^(?<scheme>https?:\/\/)\*\.(?<base>.+)$/;

/** Apps have schemes of their own (`tauri://localhost`), whose origins the URL parser does not know. */
const APP_ORIGIN = /^(?!(?:https?|wss?|ftp|file|blob|data):)[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\*,]+$/;

/** Files have these, by browser: a sandboxed frame has `null`, too. */
const OPAQUE_ORIGINS = new Set(["null", "file://"]);

/**
 * Whether a page of `origin` may connect. `own`: the origin of the request's own URL, whose pages the service itself serves; a
 * page cannot choose it.
 */
export function allowsOrigin(entries: readonly string[], origin: string, own: string): boolean {
  if (origin === own) return true;
  return entries.some(
    (entry) => entry === "*" || entry === origin || isSubdomain(origin, baseOfMask(entry)),
  );
}

/** Whether a page can have an origin that this entry allows. */
export function isOriginEntry(entry: string): boolean {
  if (entry === "*" || OPAQUE_ORIGINS.has(entry) || APP_ORIGIN.test(entry)) return true;
  return isWebOrigin(entry) || baseOfMask(entry) !== null;
}

/** The name under which a mask allows every subdomain, as a URL; null: the entry is no mask. */
function baseOfMask(entry: string): URL | null {
  const { scheme = "", base = "" } = MASK.exec(entry)?.groups ?? {};
  const url = scheme + base;
  // Not for all of `.com`, and not for an address, which has no subdomains.
  const isName =
    /\.(?!\d+(?::|$))[^.:\]]+(?::\d+)?$/.test(base) || /^localhost(?::\d+)?$/.test(base);
  return isName && isWebOrigin(url) ? new URL(url) : null;
}

/** At any depth, and never the name itself. */
function isSubdomain(origin: string, base: URL | null): boolean {
  if (base === null || !isWebOrigin(origin)) return false;
  const { protocol, port, hostname } = new URL(origin);
  const below = hostname.slice(0, -`.${base.hostname}`.length);
  return (
    protocol === base.protocol &&
    port === base.port &&
    hostname.endsWith(`.${base.hostname}`) &&
    below.split(".").every((label) => label !== "")
  );
}

/** As a browser writes it: in lower case, with Punycode, without the scheme's own port, path or user. */
function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.parse(text)?.origin === text && !text.includes("*");
}

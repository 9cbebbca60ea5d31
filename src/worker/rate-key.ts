/** By which key the attempts of an address are counted (UP6): one for each IPv4 address and each /64 of IPv6, however it is spelled. */

/** IPv4 in IPv6 (RFC 4291, 2.5.5.2), as the URL parser writes it. */
const MAPPED = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/;

/** What is no address is its own key: an unknown form is counted, too, and not refused. */
export function rateKeyOf(address: string): string {
  const text = address.trim();
  // The URL parser knows every spelling. `%eth0` names an interface and is no part of an address.
  const canonical = text.includes(":")
    ? URL.parse(`http://[${text.replace(/^\[|\]$|%.*$/g, "")}]`)?.hostname
    : undefined;
  if (canonical === undefined) return text;
  const [, high, low] = MAPPED.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return `${network(canonical.slice(1, -1))}::/64`;
  return [high, low].flatMap(bytesOf).join(".");
}

/** The first four of the eight groups. `::` stands for all groups that are missing. */
function network(canonical: string): string {
  const [head = [], tail] = canonical.split("::").map((half) => half.split(":").filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: missing }, () => "0"), ...(tail ?? [])]
    .slice(0, 4)
    .join(":");
}

function bytesOf(group: string): number[] {
  const value = parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

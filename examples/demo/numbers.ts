/** What a call measures of itself, once a second: the picture, the round trip, and the way it takes. */
const INTERVAL_MS = 1_000;

interface Numbers {
  readonly picture: string;
  readonly decoded: number;
  readonly roundTripMs: number | null;
  readonly path: string;
}

/** Writes into `line` until it is told to stop. `connection` gives the present one. */
export function watchNumbers(connection: () => RTCPeerConnection, line: HTMLElement): () => void {
  let isOn = true;
  const show = async () => {
    const numbers = readNumbers(await connection().getStats());
    if (isOn) line.textContent = formatNumbers(numbers);
  };
  const timer = setInterval(() => void show(), INTERVAL_MS);
  void show();
  return () => {
    isOn = false;
    clearInterval(timer);
  };
}

type Entry = Readonly<Record<string, unknown>>;

function readNumbers(report: RTCStatsReport): Numbers {
  const entries = new Map<string, Entry>();
  // A report's entries are dictionaries; which fields they have depends on the browser.
  report.forEach((entry: Entry & { readonly id: string }) => entries.set(entry.id, entry));
  const all = [...entries.values()];
  const video = all.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
  const transport = all.find(({ type }) => type === "transport");
  const pair =
    entries.get(String(transport?.["selectedCandidatePairId"])) ??
    all.find(({ type, selected }) => type === "candidate-pair" && selected === true);
  const local = entries.get(String(pair?.["localCandidateId"]));
  const roundTrip = pair?.["currentRoundTripTime"];
  return {
    picture: pictureOf(video),
    decoded: Number(video?.["framesDecoded"] ?? 0),
    roundTripMs: typeof roundTrip === "number" ? roundTrip * 1000 : null,
    path:
      local === undefined ? "" : `${String(local["candidateType"])} ${String(local["protocol"])}`,
  };
}

function pictureOf(video: Entry | undefined): string {
  const { frameWidth, frameHeight, framesPerSecond } = video ?? {};
  if (frameWidth === undefined) return "";
  const rate = typeof framesPerSecond === "number" ? ` at ${Math.round(framesPerSecond)}/s` : "";
  return `${String(frameWidth)} × ${String(frameHeight)}${rate}`;
}

function formatNumbers({ picture, decoded, roundTripMs, path }: Numbers): string {
  return [
    picture,
    decoded > 0 ? `${decoded.toLocaleString("en")} frames decoded` : "",
    roundTripMs === null ? "" : `round trip ${roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0)} ms`,
    path,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

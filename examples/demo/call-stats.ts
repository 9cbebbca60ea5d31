/** Statistics of a call, once per second: the picture, the round trip, the path, and whether anything arrives. */
import { isQuiet, listen, SILENT_LINE } from "./quiet-line.ts";

const INTERVAL_MS = 1_000;

interface CallStats {
  readonly picture: string;
  readonly decoded: number;
  readonly roundTripMs: number | null;
  readonly path: string;
  /** How many packets of sound and picture have arrived. */
  readonly packets: number;
}

/** Writes the statistics into `output`, and tells once per second whether the line is quiet, until the returned function is called. */
export function watchCallStats(
  connection: RTCPeerConnection,
  output: HTMLElement,
  onQuiet: (isQuiet: boolean) => void,
): () => void {
  let isRunning = true;
  let line = SILENT_LINE;
  const show = async () => {
    const stats = readStats(await connection.getStats());
    if (!isRunning) return;
    output.textContent = formatStats(stats);
    line = listen(line, stats.packets);
    onQuiet(isQuiet(line));
  };
  const timer = setInterval(() => void show(), INTERVAL_MS);
  void show();
  return () => {
    isRunning = false;
    clearInterval(timer);
  };
}

type Entry = Readonly<Record<string, unknown>>;

function readStats(report: RTCStatsReport): CallStats {
  const entries = new Map<string, Entry>();
  // The entries of a report are dictionaries whose fields depend on the browser.
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
    packets: all
      .filter(({ type }) => type === "inbound-rtp")
      .reduce((sum, { packetsReceived }) => sum + Number(packetsReceived ?? 0), 0),
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

function formatStats({ picture, decoded, roundTripMs, path }: CallStats): string {
  return [
    picture,
    decoded > 0 ? `${decoded.toLocaleString("en")} frames decoded` : "",
    roundTripMs === null ? "" : `round trip ${roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0)} ms`,
    path,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

import type { ClientId } from "../client-id.ts";
import type { Cut } from "../encodings/splice.ts";

/** SIGNAL_* as its source sent it (SI1). The cut is where the source's id belongs: the hub puts it there (SI2-SI4). */
export interface SignalRequest extends Cut {
  readonly target: ClientId;
}

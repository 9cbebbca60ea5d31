/** Whether the other side of a call still sends: counted once per second. Pure. */

/** What arrived until now, and how many seconds ago the last of it did. */
export interface Line {
  readonly packets: number;
  readonly quietSeconds: number;
}

export const SILENT_LINE: Line = { packets: 0, quietSeconds: 0 };

/** The line a second later. */
export function listen({ packets: before, quietSeconds }: Line, packets: number): Line {
  return { packets, quietSeconds: packets === before ? quietSeconds + 1 : 0 };
}

/** A side that sends does so many times a second, even where its devices are off. One that never sent is not missed. */
export function isQuiet({ packets, quietSeconds }: Line): boolean {
  return packets > 0 && quietSeconds >= 2;
}

/**
 * The hub with counters around it: how often hubs were started, and how often one hub called another. `GET /bench/counts`
 * returns them without waking a hub. This is plain JavaScript, so that workerd runs exactly what stands here.
 */
import worker, { HubObject as Hub, LedgerObject } from "./deployed.js";

const counts = { starts: 0, calls: 0, signals: 0 };

export class HubObject extends Hub {
  constructor(ctx, env) {
    super(ctx, env);
    counts.starts += 1;
  }

  deliver(signals) {
    counts.calls += 1;
    counts.signals += signals.length;
    return super.deliver(signals);
  }
}

export { LedgerObject };

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/counts") return Response.json(counts);
    return worker.fetch(request, env, ctx);
  },
};

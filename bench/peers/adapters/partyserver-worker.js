/** A relay as PartyServer's documentation writes it. The bench bundles it with PartyServer. */
import { routePartykitRequest, Server } from "partyserver";

export class Relay extends Server {
  static options = { hibernate: true };

  onMessage(connection, message) {
    const signal = JSON.parse(message);
    this.getConnection(signal.to)?.send(JSON.stringify({ ...signal, from: connection.id }));
  }
}

export default {
  fetch: async (request, env) =>
    (await routePartykitRequest(request, env)) ?? new Response(null, { status: 404 }),
};

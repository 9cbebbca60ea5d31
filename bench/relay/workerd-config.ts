/** The configuration of workerd as Cap'n Proto text: the hub and both relays in one process, each on a socket of its own. */

/** Both by one name each: service, socket and storage. */
export const SIDES = ["hub", "control", "blind"] as const;

export type Side = (typeof SIDES)[number];

/** The directory service that workerd's command line points to a place. */
export const STORAGE = "storage";

export interface WorkerdSources {
  /** Paths of the modules, relative to the configuration's own place. */
  readonly modules: Readonly<Record<Side, string>>;
  readonly compatibilityDate: string;
  /** The tables of the hub's configuration. */
  readonly vars: Readonly<Record<string, unknown>>;
}

/** Classes of Durable Objects by the names of their bindings. The hub reports to its Ledger while it is measured. */
const OBJECTS = {
  hub: { HUB: "HubObject", LEDGER: "LedgerObject" },
  control: { CONTROL: "ControlObject" },
  blind: { BLIND: "BlindObject" },
} as const satisfies Record<Side, Readonly<Record<string, string>>>;

/**
 * Storage is on disk, as workerd's in-memory storage loses alarms. The rate limit by address (UPGRADES) is the
 * platform's: bare workerd has none, and the Worker does without.
 */
export function workerdConfig(sources: WorkerdSources): string {
  const sockets = SIDES.map(
    (side) => `(name = "${side}", address = "127.0.0.1:0", http = (), service = "${side}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ${SIDES.map((side) => service(side, sources)).join(",\n    ")},
    (name = "${STORAGE}", disk = (writable = true)),
  ],
  sockets = [
    ${sockets.join(",\n    ")},
  ],
);
`;
}

function service(side: Side, { modules, compatibilityDate, vars }: WorkerdSources): string {
  const objects = Object.entries(OBJECTS[side]);
  const namespaces = objects.map(
    ([, className]) =>
      `(className = "${className}", uniqueKey = "bench-${side}-${className}", enableSql = true)`,
  );
  const bindings = [
    ...objects.map(
      ([binding, className]) => `(name = "${binding}", durableObjectNamespace = "${className}")`,
    ),
    ...(side === "hub" ? Object.entries(vars) : []).map(
      ([name, value]) => `(name = ${quote(name)}, json = ${quote(JSON.stringify(value))})`,
    ),
  ];
  return `(name = "${side}", worker = (
      compatibilityDate = ${quote(compatibilityDate)},
      modules = [(name = "worker.js", esModule = embed ${quote(modules[side])})],
      durableObjectNamespaces = [${namespaces.join(", ")}],
      durableObjectStorage = (localDisk = "${STORAGE}"),
      bindings = [
        ${bindings.join(",\n        ")},
      ],
    ))`;
}

/** JSON's escapes are Cap'n Proto's too, all but \uXXXX, which these strings have no use for. */
function quote(text: string): string {
  return JSON.stringify(text);
}

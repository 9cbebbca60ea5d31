/** The configuration of workerd as Cap'n Proto text: Workers in one process, each on a socket of its own. Pure. */
import { relative, resolve } from "node:path";

export interface WorkerdService {
  /** Of the Worker and of its socket. */
  readonly name: string;
  /** Modules by name; the first is the Worker. Paths are relative to the project. */
  readonly modules: Readonly<Record<string, string>>;
  readonly compatibilityDate: string;
  /** The Worker's own classes of Durable Objects, by the names of their bindings. */
  readonly objects: Readonly<Record<string, string>>;
  /** Bindings that lead to another Worker's objects instead, by the names of these bindings. */
  readonly foreignObjects?: Readonly<
    Record<string, { readonly service: string; readonly className: string }>
  >;
  /** The first part of the names under which the objects' databases lie; `name` where it is absent. */
  readonly storageName?: string;
  /** Tables as wrangler.toml has them. What is not here has its default. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

/** The directory service that workerd's command line points to a folder. */
export const STORAGE = "storage";

/**
 * Storage is on disk, because workerd's in-memory storage loses alarms. The platform's rate limit (UPGRADES) is left out:
 * bare workerd has none, and the Worker runs without it. Workers reach every address, 127.0.0.1 too.
 */
export function workerdConfig(services: readonly WorkerdService[], configFolder: string): string {
  const sockets = services.map(
    ({ name }) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ${services.map((service) => worker(service, configFolder)).join(",\n    ")},
    (name = "${STORAGE}", disk = (writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [
    ${sockets.join(",\n    ")},
  ],
);
`;
}

function worker(service: WorkerdService, configFolder: string): string {
  const { name, storageName = name, modules, objects, foreignObjects = {}, vars = {} } = service;
  const embedded = Object.entries(modules).map(
    ([module, path]) =>
      `(name = ${quote(module)}, esModule = embed ${quote(relative(configFolder, resolve(path)))})`,
  );
  const namespaces = Object.values(objects).map(
    (className) =>
      `(className = "${className}", uniqueKey = "${storageName}-${className}", enableSql = true)`,
  );
  const bindings = [
    ...Object.entries(objects)
      .filter(([binding]) => !(binding in foreignObjects))
      .map(
        ([binding, className]) => `(name = "${binding}", durableObjectNamespace = "${className}")`,
      ),
    ...Object.entries(foreignObjects).map(
      ([binding, foreign]) =>
        `(name = "${binding}", durableObjectNamespace = (className = "${foreign.className}", serviceName = "${foreign.service}"))`,
    ),
    ...Object.entries(vars).map(
      ([key, value]) => `(name = ${quote(key)}, json = ${quote(JSON.stringify(value))})`,
    ),
  ];
  return `(name = "${name}", worker = (
      compatibilityDate = ${quote(service.compatibilityDate)},
      modules = [${embedded.join(", ")}],
      durableObjectNamespaces = [${namespaces.join(", ")}],
      durableObjectStorage = (localDisk = "${STORAGE}"),
      bindings = [
        ${bindings.join(",\n        ")},
      ],
    ))`;
}

/** JSON's escapes are Cap'n Proto's too, except \uXXXX, which these strings do not need. */
function quote(text: string): string {
  return JSON.stringify(text);
}

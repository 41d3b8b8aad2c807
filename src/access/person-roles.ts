import type { RegistryReader } from "../registry/index.ts";
import { LOCAL_PREFIX } from "./access-principal.ts";
import { ROLES, type Role } from "./principal.ts";

/** Which roles people have: those that the log grants, as of its last entry. */
export class PersonRoles {
  readonly #registry: Pick<RegistryReader, "roles" | "version">;
  #known: { readonly version: number; readonly roles: ReadonlyMap<string, readonly string[]> } | null = null;

  constructor(registry: Pick<RegistryReader, "roles" | "version">) {
    this.#registry = registry;
  }

  /**
   * Roles of a principal, with those that an identity provider vouched for. Whoever signed in on the machine itself has all: they hold its keys. Roles are
   * in the order of ROLES.
   */
  async of(id: string, claimed: readonly Role[] = []): Promise<readonly Role[]> {
    if (id.startsWith(LOCAL_PREFIX)) return ROLES;
    const granted = (await this.#granted()).get(id) ?? [];
    return ROLES.filter((role) => granted.includes(role) || claimed.includes(role));
  }

  async #granted(): Promise<ReadonlyMap<string, readonly string[]>> {
    const version = this.#registry.version(); // before reading: what is added meanwhile is read again
    if (this.#known?.version !== version) this.#known = { version, roles: await this.#registry.roles() };
    return this.#known.roles;
  }
}

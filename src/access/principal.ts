/** What people may do. They do not contain one another: whoever approves need not be allowed to submit. */
export const ROLES = ["viewer", "operator", "approver", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** What a token may be used for: the gateway (`infer`), the API (`api`). */
export const SCOPES = ["infer", "api"] as const;
export type Scope = (typeof SCOPES)[number];

/** How confidential data is, from the least to the most. Data of which nothing is said counts as the last. */
export const DATA_CLASSES = ["public", "internal", "confidential", "restricted"] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** A verified identity that asks for something. */
export interface Principal {
  /** `local:<name>`, `oidc:<issuer>#<subject>` or `token:<id>`. Two principals never share one. */
  readonly id: string;
  /** For people to read; chosen by whoever made the token or by the identity provider. */
  readonly name: string;
  readonly kind: "person" | "token";
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
  readonly team: string | null;
  /** Names of the deployments that it may ask; null: all. */
  readonly deployments: readonly string[] | null;
  /** The most confidential data that it may send. */
  readonly dataClass: DataClass;
  /** Null: as the installation sets them. */
  readonly limits: { readonly requestsPerMinute: number | null; readonly tokensPerDay: number | null };
}

import type { DataClass, Role, Scope, TokenRequest } from "../../api/types.ts";

/** What the form for a new token holds; texts that are empty say nothing. */
export interface TokenForm {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly roles: readonly Role[];
  readonly team: string;
  /** Names, apart by commas. */
  readonly deployments: string;
  readonly dataClass: DataClass;
  readonly requestsPerMinute: number | null;
  readonly tokensPerDay: number | null;
  readonly days: number;
}

export const EMPTY_TOKEN_FORM: TokenForm = {
  name: "",
  scopes: ["infer"],
  roles: [],
  team: "",
  deployments: "",
  dataClass: "internal",
  requestsPerMinute: null,
  tokensPerDay: null,
  days: 30,
};

/** The request that the form makes. Roles go only with the scope that they matter for. */
export function tokenRequest(form: TokenForm): TokenRequest {
  const deployments = form.deployments.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  return {
    name: form.name.trim(),
    scopes: [...form.scopes],
    roles: form.scopes.includes("api") ? [...form.roles] : [],
    ...(form.team.trim() === "" ? {} : { team: form.team.trim() }),
    ...(deployments.length === 0 ? {} : { deployments }),
    dataClass: form.dataClass,
    ...(form.requestsPerMinute === null ? {} : { requestsPerMinute: form.requestsPerMinute }),
    ...(form.tokensPerDay === null ? {} : { tokensPerDay: form.tokensPerDay }),
    days: form.days,
  };
}

import { expect, it } from "vitest";
import { IdentityProvider } from "./identity-provider.ts";

it("an issuer on plain HTTP that is not on this machine is never asked", async () => {
  const settings = { clientId: "weighbridge", clientSecret: null, scopes: ["openid"], roles: { claim: "groups", map: {} } };
  const provider = new IdentityProvider({ ...settings, issuer: "http://id.example" }, () => new Date(0));
  await expect(provider.authorizationUrl({ state: "s", nonce: "n", verifier: "v", returnPath: "/" }, "https://wb.example/")).rejects.toMatchObject({
    code: "WB_SIGN_IN_PROVIDER",
    message: expect.stringContaining("OAUTH_HTTP_REQUEST_FORBIDDEN"),
  });
});

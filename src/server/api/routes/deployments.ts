import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { addressKind } from "../../../gateway/address-rules.ts";
import { systemLookup } from "../../../gateway/system-lookup.ts";
import { resolveUpstream } from "../../../gateway/upstream-address.ts";
import { type Deployment as Deployed, standingOf, wordsOf } from "../../../registry/index.ts";
import type { Acts } from "../../acts.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { answers, does, makes, takes } from "../route.ts";
import { Deployment, DeploymentRequest, Deployments, WithdrawalRequest } from "../schema/deployment.ts";
import { Leaf } from "../schema/wire.ts";

/** Which model servers are bound to which tickets. */
export function deploymentRoutes(app: OpenAPIHono<ServerEnv>, { registry, surroundings }: ServerParts, authorize: Authorize, acts: Acts): void {
  const shown = async (deployment: Deployed): Promise<z.infer<typeof Deployment>> => {
    const { record, upstream, ...rest } = deployment;
    const { standing } = standingOf(record, surroundings.now().toISOString());
    const { name } = await registry.show(deployment.artifact);
    return { ...rest, upstream: { ...upstream, addresses: [...upstream.addresses] }, standing, artifactName: wordsOf(name) };
  };

  app.openapi(createRoute({ method: "get", path: "/deployments", responses: answers(Deployments, "What is deployed now.") }), async (c) => {
    authorize(c.get("principal"), { action: "read" });
    return c.json({ items: await Promise.all((await registry.deployments()).map(shown)) }, 200);
  });

  app.openapi(
    createRoute({
      method: "post",
      path: "/deployments",
      request: takes(DeploymentRequest),
      responses: makes(Deployment, "The gateway serves it under its name."),
    }),
    async (c) => {
      const principal = c.get("principal");
      const { artifact: id, name, upstream: url, model, engine } = c.req.valid("json");
      const deployment = await acts.record(c, "deployment.make", name, async () => {
        authorize(principal, { action: "deploy", context: { inside: false } }); // before a name is looked up
        const [artifact, addresses] = await Promise.all([registry.find(id), resolveUpstream(url, { lookup: systemLookup })]);
        authorize(principal, { action: "deploy", context: { inside: addresses.some((address) => addressKind(address).kind === "here") } });
        return registry.deploy({
          artifact,
          name,
          upstream: { url, addresses, model: model ?? null },
          engine: engine === undefined ? null : { name: engine.name, version: engine.version ?? null },
          principal: principal.id,
        });
      });
      return c.json(await shown(deployment), 201);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/deployments/{id}/withdrawal",
      request: { params: z.object({ id: Leaf }), ...takes(WithdrawalRequest) },
      responses: does("It is served no more."),
    }),
    async (c) => {
      const principal = c.get("principal");
      const { id } = c.req.valid("param");
      await acts.record(c, "deployment.withdraw", id, async () => {
        authorize(principal, { action: "deploy", context: { inside: false } });
        await registry.withdraw({ id, reason: c.req.valid("json").reason, principal: principal.id });
      });
      return c.body(null, 204);
    },
  );
}

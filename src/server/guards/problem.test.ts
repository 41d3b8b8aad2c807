import { HTTPException } from "hono/http-exception";
import { describe, expect, it } from "vitest";
import { AccessError } from "../../access/errors.ts";
import { AuditError } from "../../audit/index.ts";
import { RegistryError } from "../../registry/index.ts";
import { problemOf } from "./problem.ts";

const REQUEST = "620b4a9b-d94a-4d29-bb6f-7539863d2787";

describe("a problem document", () => {
  it("says what was wrong, what to do, and which request it was", () => {
    const error = new AccessError("WB_ACCESS_ESCALATION", "the token would have roles that you do not have: admin", { hint: "Leave them out." });
    expect(problemOf(error, REQUEST)).toEqual({
      type: "about:blank",
      title: "Forbidden",
      status: 403,
      detail: "the token would have roles that you do not have: admin",
      instance: `urn:uuid:${REQUEST}`,
      code: "WB_ACCESS_ESCALATION",
      hint: "Leave them out.",
    });
  });

  it.each([
    ["a bug", new TypeError("cannot read /home/ada/keys/log.key"), 500, "WB_BUG"],
    ["what is no error", "a secret", 500, "WB_BUG"],
    [
      "an error that is nobody's business",
      new RegistryError("WB_REGISTRY_DATA", "/home/ada/data is full", { hint: "See /home/ada." }),
      500,
      "WB_REGISTRY_DATA",
    ],
    [
      "an audit log that cannot be written",
      new AuditError("WB_AUDIT_WRITE", "/home/ada/audit: EROFS", { hint: "See /home/ada." }),
      503,
      "WB_AUDIT_WRITE",
    ],
    ["a library that gave up", new HTTPException(500, { message: "a secret" }), 500, "WB_BUG"],
  ])("tells nothing of the inside: %s", (_, error, status, code) => {
    const problem = problemOf(error, REQUEST);
    expect(problem).toMatchObject({ status, code, detail: "something went wrong on the server" });
    expect(JSON.stringify(problem)).not.toMatch(/home|secret|EROFS/);
  });

  it("is made of what the framework refuses, too", () => {
    expect(problemOf(new HTTPException(415, { message: "Unsupported Media Type" }), REQUEST)).toMatchObject({
      status: 415,
      code: "WB_REQUEST_INVALID",
    });
  });
});

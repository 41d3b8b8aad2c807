import { expect, it } from "vitest";
import { deploymentRequest } from "./deployment-request.ts";

const form = { artifact: " heron ", name: "heron", upstream: "http://127.0.0.1:11434", model: "", engine: "", version: "1.2" };

it("leaves out what was left empty, and a version of no engine", () => {
  expect(deploymentRequest(form)).toEqual({ artifact: "heron", name: "heron", upstream: "http://127.0.0.1:11434" });
  expect(deploymentRequest({ ...form, model: "h:1", engine: "vllm" })).toMatchObject({ model: "h:1", engine: { name: "vllm", version: "1.2" } });
});

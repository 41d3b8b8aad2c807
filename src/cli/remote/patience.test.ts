import { expect, it } from "vitest";
import { RefusedError, RemoteError } from "./errors.ts";
import { patiently } from "./patience.ts";

const unreachable = new RemoteError("WB_REMOTE_UNREACHABLE", "away", { hint: "Wait." });
const refused = (status: number) => new RefusedError(status, { code: "WB_X", message: "no", hint: "Stop." });

async function asked(errors: readonly Error[], forMs = 1000) {
  const waits: number[] = [];
  const left = errors.values();
  const { signal } = new AbortController();
  const work = async () => {
    const { value, done } = left.next();
    if (done !== true) throw value;
    return "done";
  };
  const result = await patiently(work, { signal, forMs, wait: async (ms) => void waits.push(ms) }).catch((error) => error);
  return { result, waits };
}

it("waits longer each time while a server is away", async () => {
  expect(await asked([unreachable, refused(503), refused(408)], 5000)).toEqual({ result: "done", waits: [200, 400, 800] });
});

it("gives up after so long", async () => {
  expect(await asked(Array.from({ length: 9 }, () => unreachable))).toEqual({ result: unreachable, waits: [200, 400] });
});

it.each([400, 401, 403, 404, 409, 413, 429, 500, 507])("does not ask again after %i", async (status) => {
  expect(await asked([refused(status)])).toMatchObject({ result: { status }, waits: [] });
});

it("ends with the reason of its signal", async () => {
  const controller = new AbortController();
  const work = async () => {
    controller.abort(new Error("stopped"));
    throw unreachable;
  };
  await expect(patiently(work, { signal: controller.signal })).rejects.toThrow("stopped");
});

import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

it("principals take turns, and of one principal's jobs the oldest comes first", () => {
  const turns = new Turns();
  const queued = ["ada 1", "ada 2", "ada 3", "bob 1", "eve 1", "bob 2"].map((name) => ({ name, principal: name.slice(0, 3) }));
  const order: string[] = [];
  for (let job = turns.next(queued); job !== undefined; job = turns.next(queued)) {
    queued.splice(queued.indexOf(job), 1);
    turns.take(job.principal);
    order.push(job.name);
  }
  expect(order).toEqual(["ada 1", "bob 1", "eve 1", "ada 2", "bob 2", "ada 3"]);
});

it("whoever comes new is not behind those who had turns", () => {
  const turns = new Turns();
  turns.take("ada");
  turns.take("bob");
  expect(turns.next([{ principal: "ada" }, { principal: "bob" }, { principal: "eve" }])?.principal).toBe("eve");
});

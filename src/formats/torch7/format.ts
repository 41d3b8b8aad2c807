import type { ChildRef, Format, Parsed } from "../../format.ts";
import { LimitError } from "../../limits.ts";
import { StreamBreak, Window } from "../window/window.ts";
import type { Torch7Facts } from "./facts.ts";
import { Torch7Walk } from "./walk.ts";

/** What `torch.save` of Lua Torch writes. Numbers are stepped over; functions, which come as bytecode, are named. */
export const torch7: Format<Torch7Facts> = {
  id: "torch7",
  async parse(bytes, budget): Promise<Parsed<Torch7Facts>> {
    const window = new Window(bytes, 0, budget);
    const walk = new Torch7Walk(window, budget);
    const facts = (endsAt: number): Torch7Facts => ({
      size: bytes.size,
      classes: [...walk.classes.values()],
      functions: walk.functions,
      functionCount: walk.functionCount,
      elements: walk.elements,
      endsAt,
    });
    try {
      await walk.run();
      const endsAt = window.at;
      const anomalies = endsAt === bytes.size ? [] : [{ kind: "trailing", at: endsAt, what: `${bytes.size - endsAt} bytes behind the object` }];
      return { kind: "parsed", facts: facts(endsAt), anomalies };
    } catch (error) {
      const at = Math.min(window.at, bytes.size);
      if (error instanceof StreamBreak) return { kind: "broken", facts: facts(at), anomalies: [], at, why: error.message };
      if (error instanceof LimitError) return { kind: "limit", facts: facts(bytes.size), anomalies: [], at, why: error.message };
      throw error;
    } finally {
      walk.close();
      window.close();
    }
  },
  children: ({ size, endsAt }): readonly ChildRef[] =>
    endsAt < size ? [{ name: `unowned@${endsAt}`, region: { in: "slice", offset: endsAt, size: size - endsAt }, treatment: "search" }] : [],
};

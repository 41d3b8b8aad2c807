import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { traceContextOf, traceHeaders } from "./trace-context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

it("reads where a client's call stands in its trace", () => {
  expect(traceContextOf(`00-${TRACE}-${SPAN}-01`, "vendor=a, other@sys=b:1")).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    sampled: true,
    state: "vendor=a,other@sys=b:1",
  });
  expect(traceContextOf(`00-${TRACE}-${SPAN}-02`, null)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: false, state: null });
});

it("reads what a later version of the standard adds behind", () => {
  expect(traceContextOf(`cc-${TRACE}-${SPAN}-09-what-comes`, null)).toMatchObject({ sampled: true });
});

it.each([
  "",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01\r\nx: y`,
])("begins a trace of its own for %j", (traceparent) => {
  expect(traceContextOf(traceparent, "a=b")).toBeNull();
});

it.each(["", "a", "a=", "=b", "a=b\r\nx: y", "A=b", "a=b;c,d", `a=${"x".repeat(600)}`, Array(33).fill("a=b").join(","), "a=ü"])(
  "drops a state that is not of the form: %j",
  (tracestate) => {
    expect(traceContextOf(`00-${TRACE}-${SPAN}-01`, tracestate)?.state).toBeNull();
  },
);

it("writes what it read", () => {
  const context = traceContextOf(`00-${TRACE}-${SPAN}-01`, "a=b");
  expect(context && traceHeaders(context)).toEqual(["traceparent", `00-${TRACE}-${SPAN}-01`, "tracestate", "a=b"]);
  expect(context && traceHeaders({ ...context, sampled: false, state: null })).toEqual(["traceparent", `00-${TRACE}-${SPAN}-00`]);
});

const anything = fc.oneof(fc.string({ unit: "binary" }), fc.constant(`00-${TRACE}-${SPAN}-01`));

test.prop([
  anything,
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((value) => `a=${value}`),
  ),
])("whatever a client sends, what is handed on fits into a header", (traceparent, tracestate) => {
  const context = traceContextOf(traceparent, tracestate);
  for (const part of context === null ? [] : traceHeaders(context)) expect(part).toMatch(/^[\x20-\x7e]{1,512}$/);
});

import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { walkProtobuf } from "../protobuf/walk.ts";
import { layoutChildren, parsedAs } from "../protobuf/walked.ts";
import { PaddleCollector } from "./collect.ts";
import type { PaddleFacts } from "./facts.ts";
import { PROGRAM } from "./schema.ts";

/** A Paddle program: `*.pdmodel` or `__model__`. https://github.com/PaddlePaddle/Paddle/blob/develop/paddle/fluid/framework/framework.proto */
export const paddleFormat: Format<PaddleFacts> = {
  id: "paddle",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<PaddleFacts>> {
    const collector = new PaddleCollector();
    const walked = await walkProtobuf(bytes, budget, PROGRAM, collector);
    return parsedAs(walked, collector.facts(walked.layout));
  },
  children: ({ layout }) => layoutChildren(layout),
};

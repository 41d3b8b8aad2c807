import { describe, expect, it } from "vitest";
import { findPersonalData } from "./personal.ts";

const find = (text: string) => findPersonalData(Buffer.from(text), () => {}).map(({ kind, at, text: found }) => [kind, at, found]);

describe("findPersonalData", () => {
  it("finds home folders of people on three systems, once each", () => {
    expect(find('{"a": "/home/mlee/out", "b": "/Users/mlee/x", "c": "/home/mlee/again"}')).toEqual([
      ["home-path", 7, "/home/mlee"],
      ["home-path", 30, "/Users/mlee"],
    ]);
    expect(find(JSON.stringify({ dir: "C:\\Users\\M.Lee\\models\\x" }))).toEqual([["home-path", 8, "C:\\\\Users\\\\M.Lee"]]);
    expect(find('{"dir": "D:/Users/mlee/models"}')).toEqual([["home-path", 9, "D:/Users/mlee"]]);
  });

  it.each([
    "/home/user/x",
    "/home/ubuntu/x",
    "/home/jovyan/work",
    "/root/x",
    "/home/runner/work",
    "/content/home/x",
    "https://host.org/home/mlee/x",
    "/home/",
    "Users",
    "/home/mlee",
  ])("%s tells of nobody", (path) => {
    expect(find(JSON.stringify({ path }))).toEqual([]);
  });

  it("finds e-mail addresses", () => {
    expect(find('{"author": "M. Lee <m.lee+x@cs.some-university.edu>"}')).toEqual([["e-mail", 20, "m.lee+x@cs.some-university.edu"]]);
  });

  it.each([
    "you@example.com",
    "noreply@anthropic.example",
    "git@github.com",
    "1234+name@users.noreply.github.com",
    "org/model@v1.2",
    "@user",
    "name@2x.png",
    "a @ b.com",
    "pkg@1.2.3",
    "<|im_start|>@<|im_end|>",
    "user@host",
  ])("%s is nobody's address", (text) => {
    expect(find(JSON.stringify({ text }))).toEqual([]);
  });

  it("does bounded work", () => {
    let spent = 0;
    findPersonalData(Buffer.from("a@".repeat(100_000)), (steps) => {
      spent += steps;
    });
    expect(spent).toBeLessThanOrEqual(2000 * 20);
  });
});

import { describe, expect, it } from "vitest";
import { referenceIn } from "./content-rules.ts";

const PNG = "data:image/png;base64,iVBORw0KGgo=";

function refused(part: unknown, message: object = {}): string | null {
  const size = { mediaChars: 0, mediaParts: 0 };
  const trouble = referenceIn([{ role: "user", content: [part], ...message }], size);
  return trouble === null ? null : `${trouble.code} ${trouble.param}`;
}

describe("referenceIn", () => {
  it.each([
    ["text", { type: "text", text: "see http://example.com/ and file:///etc/passwd" }],
    ["text with a cache mark", { type: "text", text: "x", cache_control: { type: "ephemeral" } }],
    ["a refusal", { type: "refusal", refusal: "no" }],
    ["an inline image", { type: "image_url", image_url: { url: PNG, detail: "low" } }],
    ["an inline image as a string", { type: "image_url", image_url: PNG }],
    ["inline sound", { type: "input_audio", input_audio: { data: "UklGRg/+==", format: "wav" } }],
    ["an inline file", { type: "file", file: { file_data: "data:application/pdf;base64,JVBERi0=", filename: "a.pdf" } }],
    ["an inline video", { type: "video_url", video_url: { url: "data:video/mp4;base64,AAAA" } }],
    ["a plain string", "text"],
  ])("takes %s", (_what, part) => {
    expect(refused(part)).toBe(null);
  });

  it.each([
    ["a web address", { type: "image_url", image_url: { url: "http://169.254.169.254/latest/meta-data/" } }, "image_url.url"],
    ["a web address as a string", { type: "image_url", image_url: "https://example.com/a.png" }, "image_url.url"],
    ["a file of the model server", { type: "image_url", image_url: { url: "file:///etc/passwd" } }, "image_url.url"],
    ["a path of the model server", { type: "image_url", image_url: { url: "/etc/passwd" } }, "image_url.url"],
    ["white space before an address", { type: "image_url", image_url: { url: " data:image/png,x" } }, "image_url.url"],
    ["data in capitals, which one reader takes and another does not", { type: "image_url", image_url: { url: "DATA:image/png,x" } }, "image_url.url"],
    ["a second address beside the first", { type: "image_url", image_url: { url: PNG, URL: "http://x/" } }, "image_url.URL"],
    ["an image without address", { type: "image_url", image_url: {} }, "image_url.url"],
    ["no image at all", { type: "image_url", image_url: null, uuid: "someone-elses" }, "uuid"],
    ["sound by address", { type: "input_audio", input_audio: { data: "http://x/a.wav", format: "wav" } }, "input_audio.data"],
    ["sound by another member", { type: "input_audio", input_audio: { data: "AAAA", url: "http://x/" } }, "input_audio.url"],
    ["a file that was left on the server", { type: "file", file: { file_id: "file-1" } }, "file.file_data"],
    ["a video by address", { type: "video_url", video_url: { url: "http://x/" } }, "video_url.url"],
    ["an address in a part that calls itself text", { type: "text", text: "x", image_url: { url: "http://x/" } }, "image_url"],
    ["an address in a part without type", { image_url: { url: "http://x/" } }, "image_url"],
    ["an address in other letters", { type: "image_url", image_url: { url: PNG }, Image_URL: { url: "http://x/" } }, "Image_URL"],
    ["embeddings of an image, which vLLM unpickles", { type: "image_embeds", image_embeds: "gASV" }, "image_embeds"],
    ["a type that nobody knows and that sounds of media", { type: "input_image", source: "http://x/" }, "type"],
  ])("refuses %s", (_what, part, where) => {
    expect(refused(part)).toBe(`media_url_refused messages[0].content[0].${where}`);
  });

  it("refuses media beside the content of a message", () => {
    expect(refused("x", { images: ["http://x/"] })).toBe("media_url_refused messages[0].images");
    expect(refused("x", { Content: [] })).toBe("media_url_refused messages[0].Content");
  });

  it("adds up inline media", () => {
    const size = { mediaChars: 0, mediaParts: 0 };
    referenceIn([{ role: "user", content: [{ type: "image_url", image_url: { url: PNG } }] }], size);
    expect(size).toEqual({ mediaChars: PNG.length, mediaParts: 1 });
  });
});
